//! `glaspost account import`: the file goes whole to who knows what is there.
use crate::cli::act::{run, unexpected};
use crate::cli::{Global, changed, print_json};
use crate::failure::{Code, Failure};
use admin::{AccountAct, MAX_IMPORT, Request, Response, SecretText};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub(super) fn import(global: &Global, file: &Path) -> Result<(), Failure> {
    let text = read(file)?;
    // each bad line is named with the file, as compilers do
    let named = |failure: Failure| failure.in_file(&file.display().to_string());
    let answer = run(global, Request::Account(AccountAct::Import { file: text })).map_err(named)?;
    let Response::Imported { created, existing } = answer else { return Err(unexpected()) };
    if global.json {
        return print_json(&serde_json::json!({ "created": created, "existing": existing }));
    }
    let said = format!("{created} accounts added, {existing} were there already and stay as they are");
    changed(global, "account import", &file.display().to_string(), &said)
}

fn read(file: &Path) -> Result<SecretText, Failure> {
    let named = |error: io::Error| Failure::new(Code::NoInput, format!("{}: {error}", file.display()));
    let input: Box<dyn Read> =
        if file.as_os_str() == "-" { Box::new(io::stdin().lock()) } else { Box::new(File::open(file).map_err(named)?) };
    let mut bytes = Vec::new();
    input.take(MAX_IMPORT as u64 + 1).read_to_end(&mut bytes).map_err(named)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SecretText::new(text)),
        Err(error) => {
            let upto = error.utf8_error().valid_up_to();
            let line = error.as_bytes().iter().take(upto).filter(|byte| **byte == b'\n').count() + 1;
            Err(Failure::new(Code::Data, format!("{}: line {line}: not UTF-8", file.display())))
        }
    }
}
