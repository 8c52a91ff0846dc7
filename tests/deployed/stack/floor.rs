//! An order of the website reaches the till of the store that serves it, once, and the website hears that it was sent.

use crate::Stage;
use deployed::Problem;
use deployed::shop::{PATIENCE, Shop, line};
use deployed::shops_file::{PRODUCTS, Sharing, TILL};
use deployed::until::{ensure, until_equal};
use std::time::Duration;
use twins::{Push, Twin, TwinOrderState};

/// The shop of this story: its store packs what the website sells.
const SHOP: &str = "don-ve-quay";
const UNITS: u32 = 2;
/// A sale that is heard of late is asked for, and looked at again a minute later.
const A_MINUTE_MORE: Duration = Duration::from_secs(150);

/// Bought on the website, booked at the till, sold there, told back; each unit counted once.
pub(crate) async fn an_order_reaches_its_till_and_back(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, product) = (&stage.world, &PRODUCTS[0]);
    let takes_orders = |text: String| {
        let name = "name = \"Hà Nội\"\n";
        text.replacen(name, &format!("{name}orders_to = {{ connection = \"{TILL}\" }}\n"), 1)
    };
    let shop = Shop::add_as(world, SHOP, Sharing::Pool, takes_orders).await?;
    shop.until_open().await?;
    let (on_hand, _) = shop.totals(world, product).await?;
    let order = shop.web.place_order(&line(product.web, UNITS)).map_err(|_| "the website sold nothing")?;
    shop.deliver(world, shop.web.as_ref()).await?;
    let booked = async || Ok(shop.till.reserved("55", product.till));
    until_equal("the till to have the order", &i64::from(UNITS), PATIENCE, booked).await?;
    let bookings = shop.till.bookings();
    let [booking] = bookings.as_slice() else { return Err(format!("{} bookings", bookings.len()).into()) };
    shop.deliver(world, shop.till.as_ref()).await?;
    let echo = [format!("order:{}", booking.id)];
    let heard = async || shop.recorded(world, TILL, &echo).await;
    until_equal("the till's booking to be in the book", &1, PATIENCE, heard).await?;
    let totals = shop.totals(world, product).await?;
    ensure(totals == (on_hand, i64::from(UNITS)), || format!("the echo was counted: {totals:?}"))?;

    let sale = shop.till.invoice(&booking.id).ok_or("the booking is not open")?;
    let is_sale = |push: &Push| String::from_utf8_lossy(&push.body).contains("invoice.update");
    let (sales, others): (Vec<Push>, Vec<Push>) = shop.till.take_pushes().into_iter().partition(is_sale);
    for push in sales {
        shop.deliver_one(world, shop.till.as_ref(), &push).await?;
    }
    let sold = [format!("invoice:{sale}")];
    let heard = async || shop.recorded(world, TILL, &sold).await;
    until_equal("the till's sale to be in the book", &1, PATIENCE, heard).await?;
    for push in others {
        shop.deliver_one(world, shop.till.as_ref(), &push).await?;
    }
    let told = async || Ok(shop.web.order(&order).map(|order| order.state));
    let sent = Some(TwinOrderState::Shipped);
    until_equal("the website to hear that it was sent", &sent, A_MINUTE_MORE, told).await?;
    let after = (on_hand - i64::from(UNITS), 0);
    let totals = async || shop.totals(world, product).await;
    until_equal("the goods to be gone and promised to nobody", &after, PATIENCE, totals).await?;
    ensure(shop.till.bookings().len() == 1, || "the till has it twice".to_owned())
}
