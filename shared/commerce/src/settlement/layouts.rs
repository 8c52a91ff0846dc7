//! Settlement files that are known, as data: which column is which, where that was read, and what stays unknown.
//!
//! Names are compared without capitals, marks, blanks and signs. A file that is none of these is tried with [`GENERAL`];
//! what that does not know either, a person names. The names of channels' columns are not guessed: each was seen in an export
//! or in a program by which sellers read one.

use super::lines::Kind;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Its short name.
    pub name: &'static str,
    /// Where its columns were read, and when.
    pub source: &'static str,
    /// Columns without which it is another kind of file; any one of each group will do.
    pub(super) marks: &'static [&'static [&'static str]],
    /// The order's number.
    pub(super) order: &'static [&'static str],
    /// The order that a line without one of its own is about.
    pub(super) related: &'static [&'static str],
    /// What the buyer pays for the order: this is what our book keeps.
    pub(super) buyer_pays: &'static [&'static str],
    /// What the channel pays out, after its fees.
    pub(super) paid_out: &'static [&'static str],
    /// What kind of line it is.
    pub(super) kind: &'static [&'static str],
    /// What the kinds are called.
    pub(super) kinds: &'static [(&'static str, Kind)],
    /// The kind of every other line; of all lines where no column says a kind and none is looked for.
    pub(super) other_kind: Kind,
    /// True where one column of amounts holds the buyer's payment on lines of a sale, and everything else on others.
    pub(super) is_one_amount: bool,
    /// The currency's code.
    pub(super) currency: &'static [&'static str],
    /// When the order was placed.
    pub(super) placed: &'static [&'static str],
    /// When it was paid out.
    pub(super) settled: &'static [&'static str],
    /// Numbers the lines, so that two lines differ in it and in nothing else.
    pub(super) counter: &'static [&'static str],
}

/// All that are known, the most particular first.
pub fn layouts() -> &'static [Layout] {
    &[SHOPEE_INCOME, SHOPEE_ADJUSTMENTS, TIKTOK_INCOME, LAZADA_STATEMENT, GENERAL]
}

/// Nothing known.
const BARE: Layout = Layout {
    name: "",
    source: "",
    marks: &[],
    order: &[],
    related: &[],
    buyer_pays: &[],
    paid_out: &[],
    kind: &[],
    kinds: &[],
    other_kind: Kind::Sale,
    is_one_amount: false,
    currency: &["Currency", "Loại tiền", "Tiền tệ", "Đơn vị tiền tệ"],
    placed: &[],
    settled: &[],
    counter: &["STT", "No."],
};

/// Each order stands there once as `Order` and once more per product as `Sku`. What the buyer paid keeps its English name in the
/// Vietnamese file, and is `buyer_total_amount` of `get_escrow_detail`, which is the order's `total_amount`.
const SHOPEE_INCOME: Layout = Layout {
    name: "shopee-income",
    source: "Shopee Seller Centre, Income > Export: heads of Vietnamese and English exports, in programs by which sellers read them; \
        buyer_total_amount: https://apidocs.abit.vn/api-mo-rong/shopee-chi-tiet-doanh-thu; read 2026-12-01",
    marks: &[
        &["Tổng tiền đã thanh toán", "Total Released Amount"],
        &["Ngày hoàn thành thanh toán", "Payout Completed Date"],
    ],
    order: &["Mã đơn hàng", "Order ID"],
    buyer_pays: &["Amount Paid By Buyer"],
    paid_out: &["Tổng tiền đã thanh toán", "Total Released Amount"],
    kind: &["Đơn hàng / Sản phẩm", "View By"],
    kinds: &[("Order", Kind::Sale)],
    other_kind: Kind::Part,
    placed: &["Ngày đặt hàng", "Order Creation Date"],
    settled: &["Ngày hoàn thành thanh toán", "Payout Completed Date"],
    counter: &["Mã giao dịch", "Sequence No.", "STT", "No."],
    ..BARE
};

/// The sheet "Adjustment" of the same export.
const SHOPEE_ADJUSTMENTS: Layout = Layout {
    name: "shopee-adjustments",
    source: "Shopee Seller Centre, Income > Export, sheet Adjustment: heads in programs by which sellers read them; read 2026-12-01",
    marks: &[&["Số tiền điều chỉnh"], &["Mã đơn hàng liên quan"]],
    order: &["Mã đơn hàng liên quan"],
    paid_out: &["Số tiền điều chỉnh"],
    other_kind: Kind::Adjustment,
    settled: &["Ngày hoàn thành thanh toán"],
    counter: &["Mã giao dịch"],
    ..BARE
};

/// A line is an order or an adjustment with a number of its own and perhaps a related order. Empty cells hold `/`.
const TIKTOK_INCOME: Layout = Layout {
    name: "tiktok-income",
    source: "TikTok Shop Seller Center, Finance > Export, sheet Order details: \
        https://seller-th.tiktok.com/university/essay?knowledge_id=3269007709554433, an export's own sheet of explanations, \
        https://www.scribd.com/document/737464954/income, and programs by which sellers read it; read 2026-12-01",
    marks: &[&["Order/adjustment ID", "Mã đơn hàng/điều chỉnh"]],
    order: &["Order/adjustment ID", "Mã đơn hàng/điều chỉnh"],
    related: &["Related order ID", "ID đơn hàng liên quan"],
    buyer_pays: &["Customer payment"],
    paid_out: &[
        "Total settlement amount",
        "Settlement amount",
        "Tổng số tiền thanh toán",
        "Số tiền quyết toán",
    ],
    kind: &["Type", "Transaction type"],
    kinds: &[("Order", Kind::Sale)],
    other_kind: Kind::Adjustment,
    placed: &["Order created time", "Order create date"],
    settled: &["Order settled time", "Settlement date", "Statement date"],
    ..BARE
};

/// One line per item and fee. Only what the buyer paid is compared: `Item Price Credit` of older files is the price before
/// vouchers, which our book does not keep.
const LAZADA_STATEMENT: Layout = Layout {
    name: "lazada-statement",
    source: "Lazada Seller Center, Finance > Income overview, once Transaction overview > Export: heads and names of fees in programs \
        by which sellers read it; read 2026-12-01",
    marks: &[&["Fee Name"], &["Amount(Include Tax)", "Est Release Amount(Include Tax)", "Amount"]],
    order: &["Order Number", "Order No."],
    paid_out: &["Amount(Include Tax)", "Est Release Amount(Include Tax)", "Amount"],
    kind: &["Fee Name"],
    kinds: &[
        ("Product Price Paid by Buyer", Kind::Sale),
        ("Shipping Fee Paid by Buyer", Kind::Sale),
        ("Reversal Item Price", Kind::Refund),
    ],
    other_kind: Kind::Fee,
    is_one_amount: true,
    placed: &["Order Creation Date"],
    settled: &["Transaction Date", "Release Date"],
    ..BARE
};

/// Any other file, such as Tiki's statement (whose heads are written nowhere in public) or a payment provider's.
const GENERAL: Layout = Layout {
    name: "general",
    source: "names that say what they are; nobody's file in particular",
    order: &[
        "Mã đơn hàng",
        "Mã đơn",
        "Số đơn hàng",
        "Mã đơn hàng Tiki",
        "Order ID",
        "Order No.",
        "Order Number",
        "Order Code",
        "Order SN",
        "order_id",
        "order_number",
        "order_code",
        "Mã tham chiếu đơn hàng",
    ],
    buyer_pays: &[
        "Tổng tiền đơn hàng",
        "Tổng giá trị đơn hàng",
        "Giá trị đơn hàng",
        "Khách phải trả",
        "Khách hàng thanh toán",
        "Người mua thanh toán",
        "Order Total",
        "Order Amount",
        "Order Value",
        "Grand Total",
        "Customer payment",
        "Amount Paid By Buyer",
    ],
    paid_out: &[
        "Số tiền thanh toán",
        "Số tiền quyết toán",
        "Thực nhận",
        "Tiền thực nhận",
        "Nhà bán nhận",
        "Settlement amount",
        "Payout amount",
        "Net amount",
        "Số tiền nhận",
    ],
    placed: &["Ngày đặt hàng", "Ngày tạo đơn", "Order date", "Created at", "Order created time"],
    settled: &[
        "Ngày thanh toán",
        "Ngày đối soát",
        "Ngày quyết toán",
        "Settlement date",
        "Payout date",
        "Settled at",
    ],
    ..BARE
};
