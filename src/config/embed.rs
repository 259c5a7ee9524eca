//! The sites that may have reports inside of their pages.

use super::Variables;
use crate::web::is_origin;

/// Reads `JANGPYO_EMBED_ORIGINS`.
pub(super) fn read(variables: &mut Variables<'_>) -> Vec<String> {
    const NAME: &str = "JANGPYO_EMBED_ORIGINS";
    let origins = variables.list(NAME).unwrap_or_default();
    for origin in origins.iter().filter(|origin| !is_origin(origin)) {
        variables.problem(
            NAME,
            format!("`{origin}` is no site: write https://host or https://host:port, in lower case, without a path"),
        );
    }
    origins
}
