//! The file: CSV (RFC 4180) with a header, `address,password-or-hash,name,quota`.
use super::MAX_BAD_LINES;
use crate::BadLine;
use csv::{Reader, ReaderBuilder, StringRecord};
use directory::{HashError, NewPassword, PasswordOrHash};
use names::{Address, ByteSize, Secret};

/// Longest password, in bytes.
const MAX_PASSWORD: usize = 1024;

/// One account of the file.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) address: Address,
    pub(super) password: NewPassword,
    pub(super) name: String,
    pub(super) quota: Option<ByteSize>,
}

/// Counts lines. The place that csv gives lies before the line ends that it skips on its way to the record.
struct Lines<'a> {
    file: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let from = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let skipped = self.file.get(from..).unwrap_or_default();
        let skipped = skipped.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.file.get(self.at..from + skipped).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = self.at.max(from + skipped);
        self.line
    }
}

/// Where each column stands.
struct Columns {
    count: usize,
    address: usize,
    password: usize,
    name: Option<usize>,
    quota: Option<usize>,
}

/// Reads the whole file, or says which lines are wrong: the first hundred.
pub(super) fn read(file: &str) -> Result<Vec<Row>, Vec<BadLine>> {
    let file = file.strip_prefix('\u{feff}').unwrap_or(file);
    let mut reader = ReaderBuilder::new().has_headers(true).flexible(true).from_reader(file.as_bytes());
    let columns = columns(&mut reader).map_err(|what| vec![BadLine { line: 1, what }])?;
    let (mut rows, mut bad) = (Vec::new(), Vec::new());
    let mut record = StringRecord::new();
    let mut lines = Lines { file: file.as_bytes(), at: 0, line: 1 };
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let line = lines.of(record.position());
                match row(line, &record, &columns) {
                    Ok(row) => rows.push(row),
                    Err(what) => bad.push(BadLine { line, what }),
                }
            }
            Err(error) => {
                let line = lines.of(error.position());
                bad.push(BadLine { line, what: "the line is not CSV in UTF-8".to_owned() });
            }
        }
        if bad.len() == MAX_BAD_LINES {
            break;
        }
    }
    if bad.is_empty() { Ok(rows) } else { Err(bad) }
}

fn columns(reader: &mut Reader<&[u8]>) -> Result<Columns, String> {
    const HEADER: &str = "the first line must be the header `address,password-or-hash,name,quota`";
    let header = reader.headers().map_err(|_| HEADER.to_owned())?;
    let mut found = [None; 4];
    for (at, name) in header.iter().enumerate() {
        let place = ["address", "password-or-hash", "name", "quota"].iter().position(|known| *known == name.trim());
        match place.and_then(|place| found.get_mut(place)) {
            Some(column @ None) => *column = Some(at),
            _ => return Err(format!("`{}` is no column, or stands twice; {HEADER}", name.trim())),
        }
    }
    match found {
        [Some(address), Some(password), name, quota] => {
            Ok(Columns { count: header.len(), address, password, name, quota })
        }
        _ => Err(HEADER.to_owned()),
    }
}

fn row(line: u64, record: &StringRecord, columns: &Columns) -> Result<Row, String> {
    if record.len() != columns.count {
        return Err(format!("{} fields, where the header has {}", record.len(), columns.count));
    }
    let field = |column: Option<usize>| column.and_then(|at| record.get(at)).unwrap_or_default();
    let address = field(Some(columns.address)).trim();
    let address: Address = address.parse().map_err(|error| format!("`{}`: {error}", short(address)))?;
    let password = password(field(Some(columns.password)))?;
    let quota = match field(columns.quota).trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| format!("`{}` is no quota, such as `5 GiB`", short(text)))?),
    };
    Ok(Row { line, address, password, name: field(columns.name).trim().to_owned(), quota })
}

/// A bad hash is named by its scheme alone: what looks like a hash may be a password.
fn password(text: &str) -> Result<NewPassword, String> {
    match PasswordOrHash::parse(text) {
        Ok(PasswordOrHash::Plain(password)) if (1..=MAX_PASSWORD).contains(&password.len()) => {
            Ok(NewPassword::Plain(Secret::new(password.to_owned())))
        }
        Ok(PasswordOrHash::Plain(_)) => Err("a password is 1 to 1024 bytes".to_owned()),
        Ok(PasswordOrHash::Hash(hash)) => Ok(NewPassword::Hash(hash)),
        Err(error @ HashError::UnknownScheme(_)) => {
            Err(format!("{error}; write {{PLAIN}} before a password that looks like a hash"))
        }
        Err(error) => Err(error.to_string()),
    }
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(file: &str) -> Vec<String> {
        read(file).expect_err(file).iter().map(BadLine::to_string).collect()
    }

    #[test]
    fn a_good_file() {
        let file = "\u{feff}address,password-or-hash,name,quota\r\n\
            anna@example.org,geheim,\"Vries, Anna de\",5 GiB\r\n\
            \r\n\
            bram@example.org,{PLAIN-MD5}e8636ea013e682faf61f56ce1cb1ab5c,,\n\
            carla@example.org,\" pass\"\"word \",Carla,1000\n";
        let rows = read(file).unwrap();
        let lines: Vec<_> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 4, 5]);
        let first = &rows[0];
        assert_eq!((&*first.name, first.quota), ("Vries, Anna de", Some(ByteSize::gib(5))));
        assert!(matches!(&first.password, NewPassword::Plain(password) if password.reveal() == "geheim"));
        assert!(matches!(&rows[1].password, NewPassword::Hash(_)));
        assert_eq!((&*rows[1].name, rows[1].quota), ("", None));
        assert!(matches!(&rows[2].password, NewPassword::Plain(password) if password.reveal() == " pass\"word "));
        // Name and quota may be left out, and columns may stand in another order.
        assert_eq!(read("password-or-hash,address\ngeheim,anna@example.org\n").unwrap().len(), 1);
        assert_eq!(read("address,password-or-hash\n").unwrap().len(), 0);
    }

    #[test]
    fn bad_lines_are_named_and_passwords_are_not() {
        let header = "address,password-or-hash,name,quota\n";
        for (lines, said) in [
            ("anna,geheim,,", "line 2: `anna`: an address is written name@domain"),
            ("anna@example.org,geheim,", "line 2: 3 fields, where the header has 4"),
            ("anna@example.org,,,", "line 2: a password is 1 to 1024 bytes"),
            ("anna@example.org,geheim,,much", "line 2: `much` is no quota, such as `5 GiB`"),
            (
                "anna@example.org,{geheim}x,,",
                "line 2: the password scheme GEHEIM is not supported; write {PLAIN} before a password that looks like a hash",
            ),
            ("anna@example.org,{SSHA}geheim,,", "line 2: the SSHA hash is malformed: it is not base64"),
            ("a@x.nl,p,,\nb@x.nl,p,,\n\nc,p,,", "line 5: `c`: an address is written name@domain"),
        ] {
            assert_eq!(bad(&format!("{header}{lines}\n")), [said]);
        }
        assert_eq!(bad(&format!("{header}{}", "x\n".repeat(500))).len(), MAX_BAD_LINES);
        for file in ["", "anna@example.org,geheim,,\n", "address,name\n", "address,password-or-hash,address\n"] {
            let said = bad(file);
            assert!(said[0].starts_with("line 1: ") && said[0].contains("address,password-or-hash"), "{said:?}");
            assert!(!said[0].contains("geheim"), "{said:?}");
        }
    }
}
