//! Puts the webmail's files, as `make webmail` built them, into the program. Where they were not built the table is empty,
//! and the program serves no webmail: building it needs no Node.
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../webmail/dist").canonicalize()?;
    println!("cargo::rerun-if-changed={}", dist.display());
    let mut table = String::from("/// Path and content of each file.\npub(crate) const FILES: &[(&str, &[u8])] = &[\n");
    for path in files(&dist)? {
        let name = path.strip_prefix(&dist).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),").map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?;
    fs::write(Path::new(&out).join("webmail.rs"), table)
}

/// All files of a folder and its folders, in order, but those whose names begin with a dot. Without the page that begins it
/// all there are none: a build was broken off.
fn files(dist: &Path) -> io::Result<Vec<PathBuf>> {
    if !dist.join("index.html").exists() {
        return Ok(Vec::new());
    }
    let (mut found, mut folders) = (Vec::new(), vec![dist.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            match path.is_dir() {
                _ if is_hidden => {}
                true => folders.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    Ok(found)
}
