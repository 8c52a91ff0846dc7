//! Changes for the worse, one thing each, and the words that the sentence about it must hold.

use deployment_contract::World;
use serde_json::{Value, json};

mod code;
mod given;
mod names;
mod queues;
mod rights;
mod things;
mod watching;

/// What is changed in plain words, the change, and what the finding must name.
pub(crate) type Change = (&'static str, fn(&mut World), &'static [&'static str]);

/// All of them.
pub(crate) fn all() -> Vec<Change> {
    let parts = [
        names::changes(),
        given::changes(),
        queues::changes(),
        rights::changes(),
        code::changes(),
        things::changes(),
        watching::changes(),
    ];
    parts.concat()
}

/// The place in the template that the path leads to, such as `Resources/Orders/Properties`.
fn at<'w>(world: &'w mut World, path: &str) -> &'w mut Value {
    world.template.pointer_mut(&format!("/{path}")).unwrap_or_else(|| panic!("the template has no {path}"))
}

/// Takes a thing out of the template.
fn take_out(world: &mut World, path: &str) {
    let (parent, name) = path.rsplit_once('/').unwrap();
    let parent = at(world, parent).as_object_mut().unwrap();
    assert!(parent.remove(name).is_some(), "the template has no {path}");
}

/// Puts another value in place of what is there.
fn set(world: &mut World, path: &str, value: Value) {
    match world.template.pointer_mut(&format!("/{path}")) {
        Some(there) => *there = value,
        None => {
            let (parent, name) = path.rsplit_once('/').unwrap();
            at(world, parent)[name] = value;
        }
    }
}

/// Gives a thing of the template another name.
fn rename(world: &mut World, path: &str, name: &str) {
    let thing = at(world, path).clone();
    take_out(world, path);
    let (parent, _) = path.rsplit_once('/').unwrap();
    set(world, &format!("{parent}/{name}"), thing);
}

/// Writes another text in place of one in a file.
fn write(world: &mut World, file: &str, old: &str, new: &str) {
    let text = world.files.get_mut(file).unwrap_or_else(|| panic!("there is no {file}"));
    assert!(text.contains(old), "{file} does not hold {old:?}");
    *text = text.replace(old, new);
}

/// Takes a folder or a file away.
fn remove(world: &mut World, path: &str) {
    world.files.retain(|file, _| file != path && !file.starts_with(&format!("{path}/")));
}

/// The statement of that name in a role or a policy.
fn statement<'w>(world: &'w mut World, holder: &str, sid: &str) -> &'w mut Value {
    let properties = at(world, &format!("Resources/{holder}/Properties"));
    let inline = properties["Policies"].is_array();
    let document = if inline {
        &mut properties["Policies"][0]["PolicyDocument"]
    } else {
        &mut properties["PolicyDocument"]
    };
    let statements = document["Statement"].as_array_mut().unwrap();
    statements
        .iter_mut()
        .find(|s| s["Sid"] == sid)
        .unwrap_or_else(|| panic!("{holder} has no statement {sid}"))
}

/// Adds an action to a statement.
fn allow(world: &mut World, holder: &str, sid: &str, action: &str) {
    let actions = &mut statement(world, holder, sid)["Action"];
    let mut all = actions.as_array().cloned().unwrap_or_else(|| vec![actions.clone()]);
    all.push(json!(action));
    *actions = json!(all);
}

/// Takes an action out of a statement.
fn forbid(world: &mut World, holder: &str, sid: &str, action: &str) {
    let actions = &mut statement(world, holder, sid)["Action"];
    let mut all = actions.as_array().cloned().unwrap_or_else(|| vec![actions.clone()]);
    all.retain(|one| one != action);
    *actions = json!(all);
}
