//! Looks at every state of a small world, and tells the shortest story of what goes wrong.

use super::machine::Machine;
use super::steps::Act;
use super::world::{Freedom, Known, World};
use commerce::cover::Class;
use commerce::effect::Restores;

/// How large a world was.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) states: usize,
    pub(crate) steps: usize,
    pub(crate) at_rest: usize,
}

/// Looks at every state that can be reached, the nearest first. What goes wrong comes with the shortest way there.
pub(crate) fn look_at_all(class: Class, restores: Restores, freedom: Freedom) -> Result<Seen, String> {
    let mut machine = Machine::new(class, restores, freedom);
    let start = machine.start();
    let mut numbers: Known<World, u32> = [(start, 0)].into_iter().collect();
    let mut worlds: Vec<(World, u32, Option<Act>)> = vec![(start, 0, None)];
    let mut edges: Vec<(u32, u32)> = Vec::new();
    let mut at_rest: Vec<u32> = Vec::new();
    let mut place = 0;
    while place < worlds.len() {
        let (world, ..) = worlds[place];
        let here = u32::try_from(place).unwrap();
        if machine.is_at_rest(&world) {
            machine.check_rest(&world).map_err(|why| story(&machine, &worlds, place, None, &why))?;
            at_rest.push(here);
        }
        for (act, after) in machine.steps(&world) {
            let sound = after.and_then(|after| machine.check(&after).map(|()| after));
            let after = sound.map_err(|why| story(&machine, &worlds, place, Some(act), &why))?;
            let new = u32::try_from(worlds.len()).unwrap();
            let number = *numbers.entry(after).or_insert(new);
            if number == new {
                worlds.push((after, here, Some(act)));
            }
            edges.push((number, here));
        }
        place += 1;
    }
    let stuck = first_that_never_rests(worlds.len(), &edges, &at_rest);
    if let Some(place) = stuck {
        return Err(story(&machine, &worlds, place, None, "the listings never come to rest from here"));
    }
    Ok(Seen { states: worlds.len(), steps: edges.len(), at_rest: at_rest.len() })
}

pub(crate) fn first_that_never_rests(states: usize, edges: &[(u32, u32)], at_rest: &[u32]) -> Option<usize> {
    let mut first: Vec<u32> = vec![0; states + 1];
    for (to, _) in edges {
        first[*to as usize + 1] += 1;
    }
    for place in 0..states {
        first[place + 1] += first[place];
    }
    let mut filled = first.clone();
    let mut back = vec![0; edges.len()];
    for (to, from) in edges {
        back[filled[*to as usize] as usize] = *from;
        filled[*to as usize] += 1;
    }
    let mut rests = vec![false; states];
    let mut open = at_rest.to_vec();
    while let Some(place) = open.pop() {
        if !std::mem::replace(&mut rests[place as usize], true) {
            open.extend(&back[first[place as usize] as usize..first[place as usize + 1] as usize]);
        }
    }
    rests.iter().position(|rests| !rests)
}

pub(crate) fn story(
    machine: &Machine,
    worlds: &[(World, u32, Option<Act>)],
    place: usize,
    last: Option<Act>,
    why: &str,
) -> String {
    let mut acts: Vec<String> = last.iter().map(|act| format!("{act:?}")).collect();
    let mut here = place;
    while let (world, before, Some(act)) = &worlds[here] {
        acts.push(format!(
            "{act:?} → cover {:?}, shown {:?}, committed {:?}",
            world.cover, world.shown, world.committed
        ));
        here = *before as usize;
    }
    acts.reverse();
    let attempts = [0, 1].map(|listing| machine.attempt(&worlds[place].0, listing));
    format!("{why}, after {} steps:\n  {}\nattempts: {attempts:?}", acts.len(), acts.join("\n  "))
}
