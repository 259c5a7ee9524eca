// Each rule that is off or changed says why.
export default {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // Lists of checkboxes share a name, and an empty hidden field before them says "none of them".
    "form-dup-name": "off",
    // Text is the type of an input that names none, by the standard.
    "no-implicit-input-type": "off",
    // White space is left where a template leaves something out; it is no part of the page.
    "no-trailing-whitespace": "off",
  },
};
