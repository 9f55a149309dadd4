//! Columns for people: aligned, without lines around them.
use super::terminal::safe_line;

/// Rows of cells; the last cell of a row may be of any length.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With a first row of titles.
    pub(crate) fn titled<const N: usize>(titles: [&str; N]) -> Self {
        Self { rows: vec![titles.iter().map(|title| (*title).to_owned()).collect()] }
    }

    /// Without titles.
    pub(crate) const fn bare() -> Self {
        Self { rows: Vec::new() }
    }

    /// Adds a row. What a stranger wrote cannot end a line or colour a terminal.
    pub(crate) fn row<const N: usize>(&mut self, cells: &[String; N]) {
        self.rows.push(cells.iter().map(|cell| safe_line(cell)).collect());
    }

    /// The lines.
    pub(crate) fn render(&self) -> String {
        self.render_with(&self.widths(&[]))
    }

    /// How wide each column is, and at least as wide as `before`.
    pub(crate) fn widths(&self, before: &[usize]) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0).max(before.len());
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.chain(before.get(column).copied()).max().unwrap_or(0)
        };
        (0..columns).map(width).collect()
    }

    /// The lines, with columns of these widths; one without width is left out.
    pub(crate) fn render_with(&self, widths: &[usize]) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let cells = row.iter().zip(widths).filter(|(_, width)| **width > 0);
            let line: Vec<String> = cells.map(|(cell, width)| format!("{cell:width$}")).collect();
            text.push_str(format!("  {}", line.join("  ")).trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_safe() {
        let mut table = Table::titled(["name", "", "size"]);
        table.row(&["é\u{1b}[31m".to_owned(), String::new(), "1".to_owned()]);
        assert_eq!(table.render(), "  name    size\n  é\u{fffd}[31m  1\n");
    }
}
