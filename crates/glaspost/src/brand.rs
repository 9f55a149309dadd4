//! Whose webmail it is, with the logo as its file is now.
use crate::configuration::Configuration;
use crate::regular_file;
use std::io::{self, Read};
use std::path::Path;
use tracing::warn;
use web::{Brand, LARGEST_LOGO, Logo};

/// The brand of a configuration that was checked. A logo that cannot be shown is left out, and the log says why: mail does not
/// wait for it.
pub(crate) fn brand(configuration: &Configuration) -> Brand {
    let section = &configuration.webmail;
    let logo = logo(configuration).unwrap_or_else(|fault| {
        warn!(fault, "the webmail has no logo");
        None
    });
    Brand { name: section.name.clone(), logo, accent: section.accent().unwrap_or_default() }
}

/// The logo.
///
/// # Errors
/// Why its file cannot be shown.
pub(crate) fn logo(configuration: &Configuration) -> Result<Option<Logo>, String> {
    let Some(file) = &configuration.webmail.logo else { return Ok(None) };
    let wrong = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
    let bytes = bytes(file).map_err(|error| wrong(&error))?;
    Logo::new(bytes).map(Some).map_err(|fault| wrong(&fault))
}

/// No more of a file than shows that it is too large.
fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    regular_file::open(file)?.take(LARGEST_LOGO as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
