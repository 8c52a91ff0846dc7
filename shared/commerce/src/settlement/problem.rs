//! Why a settlement file is not read: each reason says where, and in Vietnamese and English what to do about it.

use super::amount::NoAmount;
use super::{FILE_BYTES_MAX, LINES_MAX};

/// So many things that are wrong are told one by one.
const TOLD_MAX: usize = 10;

/// Which column is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// That of order numbers.
    Order,
    /// That of amounts.
    Amount,
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// More bytes than are read.
    TooLarge,
    /// More lines than are read.
    TooManyLines,
    /// Nothing stands in it.
    Empty,
    /// A workbook, whatever its name says.
    Spreadsheet,
    /// A web page, whatever its name says.
    WebPage,
    /// No text in any encoding that is known.
    NotText,
    /// It ends in the middle of a cell.
    CutOff {
        /// The line in which that cell's row begins.
        line: u64,
    },
    /// Nobody knows which column it is.
    NoColumn {
        /// Which one is looked for.
        asked: Asked,
        /// What a person called it, if they did.
        named: Option<String>,
        /// The columns there are.
        heads: Vec<String>,
    },
    /// It has a head and no line.
    NoLines,
    /// A row has more or fewer cells than the head.
    WrongWidth {
        /// Its line.
        line: u64,
        /// Its cells.
        cells: usize,
        /// The head's.
        heads: usize,
    },
    /// A cell is no amount.
    NoAmount {
        /// Its line.
        line: u64,
        /// Its column.
        column: String,
        /// What stands there.
        cell: String,
        /// Why that is none.
        reason: NoAmount,
    },
    /// A spreadsheet has shortened an order's number.
    ShortenedOrder {
        /// Its line.
        line: u64,
        /// Its column.
        column: String,
        /// What stands there.
        cell: String,
    },
    /// A spreadsheet has made noughts of the last digits of all orders' numbers.
    RoundedOrders {
        /// Their column.
        column: String,
    },
    /// A cell cannot be an order's number.
    NoOrderNumber {
        /// Its line.
        line: u64,
        /// Its column.
        column: String,
        /// Why.
        reason: String,
    },
    /// A cell is no currency.
    NoCurrency {
        /// Its line.
        line: u64,
        /// What stands there.
        cell: String,
    },
    /// Amounts of two currencies.
    TwoCurrencies {
        /// The line where the second one begins.
        line: u64,
        /// The first one's code.
        first: String,
        /// The second one's code.
        second: String,
    },
}

/// Everything that is wrong with a file, or the first part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// What is told one by one.
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub more: u64,
}

impl Refusal {
    pub(super) fn add(&mut self, problem: Problem) {
        if self.problems.len() < TOLD_MAX {
            self.problems.push(problem);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// In Vietnamese, in one line.
    pub fn vi(&self) -> String {
        let rest = (self.more > 0).then(|| format!("và {} chỗ nữa", self.more));
        self.problems.iter().map(|problem| problem.words().0).chain(rest).collect::<Vec<_>>().join("; ")
    }

    /// In English, in one line.
    pub fn en(&self) -> String {
        let rest = (self.more > 0).then(|| format!("and {} more", self.more));
        self.problems.iter().map(|problem| problem.words().1).chain(rest).collect::<Vec<_>>().join("; ")
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem], more: 0 }
    }
}

impl Problem {
    /// What is wrong and what to do, in Vietnamese and in English.
    fn words(&self) -> (String, String) {
        match self {
            Problem::NoColumn { asked, named, heads } => no_column(*asked, named.as_deref(), heads),
            Problem::CutOff { line } => (
                format!("dòng {line}: tệp bị cắt giữa một ô; hãy tải lại"),
                format!("line {line}: the file ends in the middle of a cell; download it again"),
            ),
            Problem::WrongWidth { line, cells, heads } => wrong_width(*line, *cells, *heads),
            Problem::NoAmount { line, column, cell, reason } => {
                let (vi, en) = reason.words(cell);
                (
                    format!("dòng {line}, cột {column:?}: {vi}"),
                    format!("line {line}, column {column:?}: {en}"),
                )
            }
            Problem::NoCurrency { line, cell } => (
                format!("dòng {line}: {cell:?} không phải mã tiền tệ ba chữ"),
                format!("line {line}: {cell:?} is no currency code of three letters"),
            ),
            Problem::TwoCurrencies { line, first, second } => (
                format!("dòng {line}: {second}, nhưng các dòng trước là {first}; hãy tách thành hai tệp"),
                format!("line {line}: {second}, while the lines before are {first}; split it into two files"),
            ),
            _ => self.of_order().unwrap_or_else(|| self.whole()),
        }
    }

    /// What is wrong with orders' numbers.
    fn of_order(&self) -> Option<(String, String)> {
        const VI: &str = "hãy tải lại tệp và đừng mở rồi lưu bằng Excel";
        const EN: &str = "export again, and do not open and save it with Excel";
        Some(match self {
            Problem::ShortenedOrder { line, column, cell } => (
                format!("dòng {line}, cột {column:?}: bảng tính đã làm hỏng mã đơn ({cell}); {VI}"),
                format!(
                    "line {line}, column {column:?}: a spreadsheet has damaged the order's number ({cell}); {EN}"
                ),
            ),
            Problem::RoundedOrders { column } => (
                format!("cột {column:?}: bảng tính đã đổi các số cuối của mã đơn thành 0; {VI}"),
                format!(
                    "column {column:?}: a spreadsheet has made noughts of the last digits of the orders' numbers; {EN}"
                ),
            ),
            Problem::NoOrderNumber { line, column, reason } => (
                format!("dòng {line}, cột {column:?}: không phải mã đơn ({reason})"),
                format!("line {line}, column {column:?}: is no order's number ({reason})"),
            ),
            _ => return None,
        })
    }

    /// What is wrong with the file as a whole.
    fn whole(&self) -> (String, String) {
        let (vi, en) = match self {
            Problem::TooLarge => {
                let max = FILE_BYTES_MAX >> 20;
                return (
                    format!("tệp nặng hơn {max} MB; hãy tải từng kỳ ngắn hơn"),
                    format!("the file has more than {max} MB; export shorter periods"),
                );
            }
            Problem::TooManyLines => {
                return (
                    format!("tệp có hơn {LINES_MAX} dòng; hãy tải từng kỳ ngắn hơn"),
                    format!("the file has more than {LINES_MAX} lines; export shorter periods"),
                );
            }
            Problem::Empty => ("tệp trống; hãy tải lại", "the file is empty; download it again"),
            Problem::Spreadsheet => (
                "đây là tệp Excel (XLS/XLSX), dù tên là gì; hãy lưu thành CSV UTF-8 hoặc tải bản CSV từ sàn",
                "this is an Excel workbook (XLS/XLSX), whatever it is called; save it as CSV UTF-8, or download CSV from the channel",
            ),
            Problem::WebPage => (
                "đây là trang web, không phải CSV (có thể phiên đăng nhập đã hết hạn); hãy đăng nhập và tải lại",
                "this is a web page and no CSV (perhaps the login had ended); sign in and download it again",
            ),
            Problem::NoLines => ("tệp chỉ có tiêu đề, không có dòng nào", "the file has a head and no line"),
            _ => (
                "không đọc được chữ trong tệp; hãy lưu thành CSV UTF-8",
                "the file is no text that can be read; save it as CSV UTF-8",
            ),
        };
        (vi.to_owned(), en.to_owned())
    }
}

fn no_column(asked: Asked, named: Option<&str>, heads: &[String]) -> (String, String) {
    let (flag, vi, en) = match asked {
        Asked::Order => ("--order-column", "mã đơn hàng", "the orders' numbers"),
        Asked::Amount => ("--amount-column", "số tiền người mua trả", "what buyers pay"),
    };
    let heads = heads.join(" | ");
    match named {
        Some(name) => (
            format!("không có cột {name:?}; các cột trong tệp: {heads}"),
            format!("there is no column {name:?}; the file's columns: {heads}"),
        ),
        None => (
            format!(
                "không nhận ra cột {vi}; các cột trong tệp: {heads}; hãy chạy lại với {flag} \"TÊN CỘT\""
            ),
            format!(
                "the column of {en} is not known; the file's columns: {heads}; run it again with {flag} \"NAME\""
            ),
        ),
    }
}

fn wrong_width(line: u64, cells: usize, heads: usize) -> (String, String) {
    let (vi, en) = match cells < heads {
        true => ("tệp bị cắt hoặc bị sửa, hãy tải lại", "the file was cut off or edited, download it again"),
        false => (
            "có dấu ngăn cách nằm trong một ô không có ngoặc kép",
            "a separator stands inside a cell without quotes",
        ),
    };
    (
        format!("dòng {line}: có {cells} ô, tiêu đề có {heads}; {vi}"),
        format!("line {line}: has {cells} cells, the head has {heads}; {en}"),
    )
}
