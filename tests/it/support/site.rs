//! A server with a login, and the browsers that people have before it: they keep cookies and send forms.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};

use super::binary::{Page, Said, Server, jangpyo};
use super::workspace::committed;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "blue tables sing";

/// A server with a login, its state, and what a browser keeps.
pub(crate) struct Site {
    pub(crate) server: Server,
    pub(crate) state: tempfile::TempDir,
    pub(crate) workspace: PathBuf,
}

/// A browser: it keeps cookies and sends them along, as browsers do.
pub(crate) struct Browser<'a> {
    site: &'a Site,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// A site of the sample.
pub(crate) fn site_with(variables: &[(&str, &str)]) -> Site {
    site_of(&committed(), variables)
}

/// A site of another workspace.
pub(crate) fn site_of(workspace: &Path, variables: &[(&str, &str)]) -> Site {
    let state = tempfile::tempdir().unwrap();
    let all: Vec<(&str, &str)> =
        [("JANGPYO_LOGIN", "local")].into_iter().chain(variables.iter().copied()).collect();
    let server = Server::start_with(workspace, state.path(), &all);
    Site { server, state, workspace: workspace.to_owned() }
}

impl Site {
    pub(crate) fn command(&self, arguments: &[&str]) -> Said {
        Said::of(jangpyo(&self.workspace, self.state.path()).args(arguments))
    }

    /// Adds a user through the command line; answers with the path of the link for the password.
    pub(crate) fn invited(&self, name: &str, more: &[&str]) -> String {
        let said = self.command(&[&["users", "add", name], more].concat());
        assert_eq!(said.code, Some(0), "{said:?}");
        said.out.trim().split_once("/setup/").map(|(_, token)| format!("/setup/{token}")).unwrap()
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { site: self, cookies: BTreeMap::default(), headers: Vec::new() }
    }

    /// A browser in which a new user has just set the password and is logged in.
    pub(crate) async fn newcomer(&self, name: &str, more: &[&str]) -> Browser<'_> {
        let link = self.invited(name, more);
        let mut browser = self.browser();
        let set = browser.submit(&link, &link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        assert_eq!((set.status, set.header("location")), (303, "/"), "{}", set.text());
        browser
    }

    pub(crate) fn audit(&self) -> String {
        self.command(&["audit", "list", "-n", "1000"]).out
    }
}

impl Browser<'_> {
    pub(crate) fn cookie_line(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let mut request = request.header(COOKIE, self.cookie_line()).header("accept", "text/html");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let page = Page::of(request.send().await.unwrap()).await;
        self.keep(&page.headers);
        page
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let url = format!("{}{path}", self.site.server.url);
        let request = self.site.server.client.get(url);
        self.send(request).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let url = format!("{}{path}", self.site.server.url);
        let request = self.site.server.client.post(url).form(fields);
        self.send(request).await
    }

    /// Opens a page, and sends a form with the token that stands there.
    pub(crate) async fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = token_of(&self.get(page).await.text());
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        self.post(action, &fields).await
    }

    pub(crate) async fn log_in(&mut self, name: &str, password: &str) -> Page {
        self.submit("/login", "/login", &[("name", name), ("password", password)]).await
    }

    pub(crate) async fn is_in(&mut self) -> bool {
        self.get("/account").await.status == 200
    }
}

/// The token of the first form of a page.
pub(crate) fn token_of(page: &str) -> String {
    let start = page.find("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no form: {page}"));
    page[start + 19..].split('"').next().unwrap().to_owned()
}
