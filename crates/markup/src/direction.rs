//! Which way words are written.

/// Which way a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// As Latin is.
    LeftToRight,
    /// As Hebrew and Arabic are.
    RightToLeft,
    /// As its first letter is that has a direction.
    #[default]
    Auto,
}

impl Direction {
    /// The value of the attribute `dir` (HTML, 3.2.6.4); nothing for others.
    pub(crate) fn read(dir: &str) -> Option<Self> {
        let all = [Self::LeftToRight, Self::RightToLeft, Self::Auto];
        all.into_iter().find(|one| one.dir().eq_ignore_ascii_case(dir))
    }

    /// As the attribute says it.
    pub(crate) fn dir(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
            Self::Auto => "auto",
        }
    }
}
