//! Asks of the real repository that template and code agree, and of every check that it finds what it is there for.

use deployment_contract::{CHECKS, World, check};
use std::path::Path;

mod changes;

fn world() -> World {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    World::read(root).unwrap()
}

#[test]
fn template_and_code_agree() {
    let findings = check(&world());
    assert!(findings.is_empty(), "{} to mend:\n- {}", findings.len(), findings.join("\n- "));
}

/// The test of the test: one thing is changed at a time, and one sentence must name it and say what to do.
#[test]
fn every_change_for_the_worse_is_found() {
    let before = world();
    let known = check(&before);
    let mut missed = Vec::new();
    for (name, change, wanted) in changes::all() {
        let mut after = before.clone();
        change(&mut after);
        let same = after.template == before.template && after.files == before.files;
        assert!(!same, "{name}: this changes nothing (any more): mend the change");
        let new: Vec<String> = check(&after).into_iter().filter(|finding| !known.contains(finding)).collect();
        match new.iter().find(|finding| wanted.iter().all(|word| finding.contains(word))) {
            Some(finding) => println!("{name}\n    {finding}"),
            None => missed.push(format!("{name}: wanted {wanted:?}, found {new:#?}")),
        }
    }
    assert!(missed.is_empty(), "{} not found:\n{}", missed.len(), missed.join("\n"));
}

/// A check that no change can fail proves nothing.
#[test]
fn every_check_fails_for_some_change() {
    let before = world();
    let mut after: Vec<World> = Vec::new();
    for (_, change, _) in changes::all() {
        let mut changed = before.clone();
        change(&mut changed);
        after.push(changed);
    }
    for (question, check) in CHECKS {
        let known = check(&before);
        let fails = after.iter().any(|world| check(world).iter().any(|finding| !known.contains(finding)));
        assert!(fails, "nothing makes the answer to this question no: {question}");
    }
}

/// Every sentence must say what to do.
#[test]
fn every_finding_says_what_to_do() {
    let verbs = [
        "add ", "set ", "take ", "mend ", "rename ", "name ", "use ", "write ", "let ", "keep ", "move ",
        "end ",
    ];
    let before = world();
    for (name, change, _) in changes::all() {
        let mut after = before.clone();
        change(&mut after);
        for finding in check(&after) {
            let advice = finding.rsplit_once(": ").map_or("", |(_, advice)| advice);
            let says =
                verbs.iter().any(|verb| finding.contains(&format!(": {verb}")) || advice.contains(verb));
            assert!(says && !finding.contains('\n'), "{name}: {finding:?} does not say what to do");
        }
    }
}
