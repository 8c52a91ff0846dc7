//! Which calls to AWS a function's code can come to: from `main.rs` over its workflow to the methods of table, queues and stores.

use crate::calls;
use crate::rust::{self, Call, Function as Code};
use crate::template::{Function, pascal};
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet};

const WORKFLOWS: &str = "shared/workflows/src";
/// The types through which our code reaches AWS.
pub const KINDS: [&str; 7] = ["Table", "Queue", "Objects", "SecretStore", "Parameters", "ShopSource", "Mail"];

/// One call: which method of ours, on what the workflow holds under that name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Such as `Queue::send`.
    pub method: String,
    /// Such as `orders`.
    pub held_as: String,
    /// How the names of objects begin that it writes: `ledger/`.
    pub prefix: String,
}

/// What one function's code does.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Its calls.
    pub calls: BTreeSet<Need>,
    /// The figures it tells.
    pub figures: BTreeSet<String>,
    /// What cannot be told from the source.
    pub findings: Vec<String>,
}

/// A workflow file, or a folder of them, with what it brings in from its neighbours.
#[derive(Default)]
struct File {
    module: String,
    functions: Vec<Code>,
    held: BTreeMap<String, BTreeSet<&'static str>>,
    uses: BTreeMap<String, String>,
}

/// All calls that the function's workflow can come to.
pub fn of(world: &World, function: &Function) -> Needs {
    let module = function.name.replace('-', "_");
    // Where a schedule says what is to be done, it has a door of its own.
    let start = |door: &str| (module.clone(), Some(pascal(&function.name)), door.to_owned());
    let mut needs = reach(world, vec![start("handle"), start("handle_schedule")]);
    let begins = texts(world, &module).any(|text| rust::functions(text).iter().any(|f| f.name == "handle"));
    if !begins {
        needs
            .findings
            .push(format!("{WORKFLOWS}/{module}.rs has no handle: add fn handle, where the work begins"));
    }
    needs
}

/// A function of the workflows: its file, the type it belongs to (none for any), its name.
pub type Place = (String, Option<String>, String);

/// Where other code begins in the workflows: what it brings in by `use workflows::…`.
pub fn brought_in(world: &World, text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    for statement in rust::code(text).split("use workflows::").skip(1) {
        let statement = statement.split(';').next().unwrap_or_default();
        let Some((module, names)) = statement.split_once("::") else { continue };
        let codes: Vec<Code> = texts(world, module).flat_map(|text| rust::functions(text).to_vec()).collect();
        for name in rust::words(names) {
            let methods = codes.iter().filter(|f| f.owner.as_deref() == Some(name) && f.public);
            places.extend(methods.map(|f| (module.to_owned(), f.owner.clone(), f.name.clone())));
            places.push((module.to_owned(), None, name.to_owned()));
        }
    }
    places
}

/// All calls that the workflows can come to from there.
pub fn reach(world: &World, mut open: Vec<Place>) -> Needs {
    let mut needs = Needs::default();
    if open.is_empty() {
        return needs;
    }
    let files = files(world);
    let mut done = BTreeSet::new();
    while let Some(next) = open.pop() {
        if !done.insert(next.clone()) {
            continue;
        }
        let (module, owner, name) = next;
        let Some(file) = files.iter().find(|file| file.module == module) else { continue };
        let codes = file.functions.iter().filter(|f| f.name == name && (owner.is_none() || f.owner == owner));
        for code in codes {
            needs.figures.extend(figures(&code.body));
            for call in &code.calls {
                open.extend(onward(&files, file, code, call));
                look(world, &files, file, code, call, &mut needs);
            }
        }
    }
    needs
}

/// The module that a file of the workflows belongs to: a folder of files is one module.
fn module_of(path: &str) -> &str {
    let path = path.trim_start_matches(WORKFLOWS).trim_matches('/').trim_end_matches(".rs");
    path.split('/').next().unwrap_or_default()
}

/// The texts of a module of the workflows.
pub fn texts<'w>(world: &'w World, module: &'w str) -> impl Iterator<Item = &'w str> {
    let files = world.below(WORKFLOWS, ".rs");
    files.filter(move |(path, _)| module_of(path) == module).map(|(_, text)| text)
}

fn files(world: &World) -> Vec<File> {
    let mut files: BTreeMap<&str, File> = BTreeMap::new();
    for (path, text) in world.below(WORKFLOWS, ".rs") {
        let module = module_of(path);
        let file =
            files.entry(module).or_insert_with(|| File { module: module.to_owned(), ..File::default() });
        file.functions.extend(rust::functions(text).iter().cloned());
        for (name, kinds) in held(text) {
            file.held.entry(name).or_default().extend(kinds);
        }
        file.uses.extend(uses(text));
    }
    files.into_values().collect()
}

/// Under which names a file holds what reaches AWS, from its fields and parameters.
pub fn held(text: &str) -> BTreeMap<String, BTreeSet<&'static str>> {
    let code = rust::code(text);
    let mut held: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for (at, _) in code.match_indices(": ") {
        let rest = code[at + 2..].trim_start_matches('&');
        let rest =
            if rest.starts_with('\'') { rest.split_once(' ').map_or(rest, |(_, rest)| rest) } else { rest };
        let kind = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let name = rust::trailing_word(&code[..at]);
        if let Some(kind) = KINDS.iter().find(|known| **known == kind) {
            held.entry(name.to_owned()).or_default().insert(kind);
        }
    }
    held
}

/// `use crate::parking::{park, …};` as name → file.
fn uses(text: &str) -> BTreeMap<String, String> {
    let mut uses = BTreeMap::new();
    for statement in rust::code(text).split("use crate::").skip(1) {
        let statement = statement.split(';').next().unwrap_or_default();
        let Some((module, names)) = statement.split_once("::") else { continue };
        uses.extend(rust::words(names).map(|name| (name.to_owned(), module.to_owned())));
    }
    uses
}

/// Where a call inside the workflows leads.
fn onward(files: &[File], file: &File, code: &Code, call: &Call) -> Vec<Place> {
    let name = call.name.clone();
    let here = |owner: Option<String>| vec![(file.module.clone(), owner, name.clone())];
    match (&call.receiver, &call.path) {
        (Some(receiver), _) if receiver == "self" => here(code.owner.clone()),
        (Some(_), _) => {
            // A method of a neighbour's type that this file knows: `levels.record(…)`, `self.catch_up.shop(…)`.
            let neighbours = file.uses.iter().filter(|(used, _)| used.starts_with(char::is_uppercase));
            let of_type = neighbours.filter(|(used, module)| has_method(files, module, used, &name));
            of_type.map(|(used, module)| (module.clone(), Some(used.clone()), name.clone())).collect()
        }
        (None, Some(path)) if path == "Self" => here(code.owner.clone()),
        (None, Some(path)) => vec![(path.clone(), None, name)],
        (None, None) => match file.uses.get(&name) {
            Some(module) => vec![(module.clone(), None, name)],
            None => here(None),
        },
    }
}

fn has_method(files: &[File], module: &str, owner: &str, name: &str) -> bool {
    let file = files.iter().find(|file| file.module == module);
    file.is_some_and(|file| {
        file.functions.iter().any(|f| f.owner.as_deref() == Some(owner) && f.name == name)
    })
}

/// Notes the call if it goes to AWS.
fn look(world: &World, files: &[File], file: &File, code: &Code, call: &Call, needs: &mut Needs) {
    let Some(holder) = call.holder() else { return };
    let mut kinds = file.held.get(holder).cloned().unwrap_or_default();
    for module in file.uses.values() {
        let neighbour = files.iter().find(|file| file.module == *module);
        kinds.extend(neighbour.and_then(|neighbour| neighbour.held.get(holder)).into_iter().flatten());
    }
    let method =
        kinds.iter().map(|kind| format!("{kind}::{}", call.name)).find(|m| calls::actions(m).is_some());
    let place = format!("{WORKFLOWS}/{}.rs, fn {}", file.module, code.name);
    if let Some(method) = method {
        let prefix = if method.starts_with("Objects::") { prefix(&code.body) } else { String::new() };
        needs.calls.insert(Need { method, held_as: holder.to_owned(), prefix });
    } else if let Some(why) = calls::forbidden(world).get(&call.name) {
        needs
            .findings
            .push(format!("{place} calls {}, which no function may: take it out ({why})", call.name));
    } else if holder != "self" && only_ours(&call.name) {
        needs.findings.push(format!(
            "{place} calls {}.{}, and it cannot be seen on what: write it on a field or a parameter of type {}",
            holder,
            call.name,
            KINDS.join(", ")
        ));
    }
}

/// Names that only methods of ours have, so that a call of them is one of ours whatever it stands on.
fn only_ours(name: &str) -> bool {
    let common = ["get", "put", "load", "delete", "remove", "run"];
    !common.contains(&name) && calls::METHODS.iter().any(|(method, _)| method.ends_with(&format!("::{name}")))
}

/// How the names begin that a body makes for its objects.
fn prefix(body: &str) -> String {
    let made = body.split("format!(\"").nth(1).unwrap_or_default();
    made.split('{').next().unwrap_or_default().to_owned()
}

fn figures(body: &str) -> BTreeSet<String> {
    let told = body.split("metrics::tell(").skip(1).flat_map(|rest| rest.split(';').next());
    let named = told.flat_map(|told| told.split("(\"").skip(1).filter_map(|rest| rest.split('"').next()));
    named.map(str::to_owned).collect()
}
