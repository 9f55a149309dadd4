//! Whose webmail it is: what its section says, checked.
use super::Webmail;
use super::read::Fault;
use web::{Accent, Colour, LONGEST_NAME};

impl Webmail {
    /// Its colour, by day and by night.
    ///
    /// # Errors
    /// What is no colour, or cannot be read.
    pub(crate) fn accent(&self) -> Result<Option<Accent>, Vec<String>> {
        let colour = |name: &str, text: &Option<String>| {
            let read = |text: &String| text.parse::<Colour>().map_err(|error| vec![format!("`{name}`: {error}")]);
            text.as_ref().map(read).transpose()
        };
        let (light, dark) = (colour("accent", &self.accent)?, colour("accent-dark", &self.accent_dark)?);
        match (light, dark) {
            (Some(light), dark) => {
                Accent::new(light, dark).map(Some).map_err(|faults| faults.iter().map(ToString::to_string).collect())
            }
            (None, Some(_)) => Err(vec!["`accent-dark` goes with `accent`".to_owned()]),
            (None, None) => Ok(None),
        }
    }
}

/// What cannot be.
pub(super) fn faults(section: &Webmail) -> Vec<Fault> {
    let mut faults: Vec<String> = section.accent().err().unwrap_or_default();
    if let Some(name) = &section.name
        && (name.trim().is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control))
    {
        faults.push(format!("`name`: from 1 to {LONGEST_NAME} characters, on one line"));
    }
    faults.into_iter().map(|fault| Fault::missing(format!("[webmail] {fault}"))).collect()
}
