//! The channel table of the README is made from the facts in the code: it is never written by hand, and never old.

use hopkenh::channel::table::{BEGIN, END, markdown};
use std::path::Path;

/// `WRITE_EXPECTED=1` writes it anew.
#[test]
fn the_readme_holds_the_channel_table_as_the_code_makes_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let begin = readme.find(BEGIN).unwrap();
    let end = readme.find(END).unwrap() + END.len() + 1;
    let made = markdown();
    if std::env::var("WRITE_EXPECTED").is_ok() {
        std::fs::write(&path, format!("{}{made}{}", &readme[..begin], &readme[end..])).unwrap();
        return;
    }
    let how =
        "the channel table is old: WRITE_EXPECTED=1 cargo test -p hopkenh-tests --test outside channel_table";
    assert!(readme[begin..end] == made, "{how}");
}
