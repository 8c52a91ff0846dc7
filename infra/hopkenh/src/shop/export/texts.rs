//! What an export says to people, in Vietnamese and in English.

use super::book::Counts;
use crate::demo::texts::Language;
use crate::terminal;
use commerce::ids::ShopId;
use std::path::Path;

/// What is in the folder, for whoever opens it.
pub fn readme(shop: &ShopId, has_file: bool) -> String {
    let no_file = if has_file {
        ""
    } else {
        "\nshop.toml: không có, cửa hàng đã bị gỡ trước đó / not there: the shop had been removed before.\n"
    };
    format!("{VI}\n{no_file}\n{EN}").replace("{shop}", shop.as_str())
}

const VI: &str = "\
Toàn bộ dữ liệu của cửa hàng {shop} trong Hợp Kênh.

  shop.toml     tệp của cửa hàng: kho, kết nối, gian hàng, công thức. Không có mật khẩu hay khóa nào.
  stock.csv     tồn kho từng mã hàng ở từng kho.
  orders.csv    từng dòng của từng đơn hàng. Không có tên, điện thoại hay địa chỉ người mua.
  listings.csv  mỗi gian hàng đang hiện bao nhiêu, theo lần cuối kênh đã nhận.
  parked.csv    những việc đang chờ người xử lý, kèm lý do và việc cần làm.
  ledger/       sổ cái: mỗi thay đổi tồn kho là một dòng JSON, kèm đơn hoặc chứng từ gây ra nó.
  items.jsonl   mọi mục của cửa hàng trong bảng, để `hopkenh shop import` nhập vào nơi khác.
  sums.txt      số mục từng loại và mã kiểm SHA-256 của từng tệp. Đừng sửa tệp nào nếu còn muốn nhập lại.

Mở các tệp .csv bằng Excel, LibreOffice hoặc Google Sheets.
";

const EN: &str = "\
Everything Hợp Kênh holds of shop {shop}.

  shop.toml     the shop's file: stores, accounts, listings, recipes. It holds no password and no key.
  stock.csv     how many of each product are at each store.
  orders.csv    every line of every order. No buyer's name, telephone or address.
  listings.csv  what each listing shows, as the channel last acknowledged it.
  parked.csv    what waits for a person, with the reason and what to do.
  ledger/       the ledger: each change of stock is a line of JSON, with the order or document it comes from.
  items.jsonl   every item of the shop in the table, for `hopkenh shop import` to take in elsewhere.
  sums.txt      how many items of each kind, and a SHA-256 sum per file. Change no file that is to be taken in again.

The .csv files open in Excel, LibreOffice or Google Sheets.
";

/// The answer of the command.
pub fn done(to: &Path, counts: &Counts, differences: &[String], l: Language) -> String {
    let name = |what: &str| {
        match (l, what) {
            (Language::Vi, "items") => "mục",
            (Language::Vi, "orders") => "đơn hàng",
            (Language::Vi, "balances") => "số tồn",
            (Language::Vi, "counts") => "lần kiểm đếm",
            (Language::Vi, "listings") => "gian hàng",
            (Language::Vi, "parked") => "việc chờ xử lý",
            (_, other) => return other.to_owned(),
        }
        .to_owned()
    };
    let rows: Vec<Vec<String>> =
        counts.iter().map(|(what, many)| vec![name(what), many.to_string()]).collect();
    let mut text = terminal::table(&rows);
    text.push_str(&verdict(differences, l));
    let to = to.display();
    text.push_str(&l.pick(
        format!("Đã xuất ra {to}. Không có mật khẩu hay khóa nào trong đó.\n"),
        format!("Exported to {to}. It holds no secret.\n"),
    ));
    text
}

/// Whether the ledger explains every balance; if not, which it does not.
pub fn verdict(differences: &[String], l: Language) -> String {
    if differences.is_empty() {
        let vi = "Sổ cái giải thích đúng mọi số tồn: cộng các thay đổi lại ra đúng tồn.\n";
        return l
            .say(vi, "The ledger explains every balance: its movements add up to each of them.\n")
            .to_owned();
    }
    let many = differences.len();
    let mut text = l.pick(
        format!("SỔ CÁI KHÔNG GIẢI THÍCH ĐƯỢC {many} số tồn hoặc đơn:\n"),
        format!("THE LEDGER DOES NOT EXPLAIN {many} balances or orders:\n"),
    );
    differences.iter().for_each(|difference| text.push_str(&format!("  {difference}\n")));
    text
}
