//! The pages of a store's counter for a phone: what is to be done, forms for what was done, and what came of it.
//!
//! Drawing only, like the rest of this crate: whoever has read the book fills a [`Screen`], and [`page`] is a pure function of
//! it. No script, nothing from elsewhere, and no field that could hold a buyer's data.

mod forms;
mod home;
mod paper;
mod parts;
mod pick_up;
mod product;
mod screen;
#[cfg(test)]
mod tests;
mod told;
mod waiting;

pub use forms::REASONS;
pub use parts::{POLICY, turned_away};
pub use screen::{
    CountForm, Frame, GoodsForm, GoodsKind, Guard, HoldLine, Home, MissedLine, NotHerePage, PaperLine,
    PaperPage, PickUp, ProductLine, ProductPage, Row, Screen, Told,
};

/// The most holds and the most papers that the first page lists; it says how many more there are.
pub const LINES_MAX: usize = 40;
/// Rows of a form for goods; a longer delivery is written in several goes.
pub const ROWS: usize = 10;
/// The most products that a form proposes while somebody types.
pub const PROPOSED_MAX: usize = 300;

/// The whole page; `notice` is why something was not written.
pub fn page(frame: &Frame<'_>, screen: &Screen, notice: Option<&str>) -> String {
    let (title, body) = match screen {
        Screen::Welcome => home::welcome(frame),
        Screen::Home(home) => home::home(frame, home),
        Screen::AskCode(guard) => pick_up::ask(frame, guard),
        Screen::PickUp(pick_up) => pick_up::show(frame, pick_up),
        Screen::NotHere(asked) => waiting::why(frame, asked),
        Screen::Goods(form) => forms::goods(frame, form),
        Screen::Count(form) => forms::count(frame, form),
        Screen::Paper(paper) => paper::paper(frame, paper),
        Screen::Product(product) => product::product(frame, product),
        Screen::Told(told) => told::told(frame, told),
    };
    let is_home = matches!(screen, Screen::Home(_) | Screen::Welcome);
    parts::sheet(frame, title, is_home, notice, &body)
}
