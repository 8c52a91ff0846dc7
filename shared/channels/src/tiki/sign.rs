//! Tiki's webhooks, of which there are none: whoever knocks in its name is refused.

use crate::channel::{Door, Verdict, WebhookRequest};

/// Events wait in a queue that we pull, "an alternate of a Webhook system"; so nothing that is posted to us can come
/// from the marketplace. The webhooks of TikiNOW belong to another product.
/// (open.tiki.vn, event queues, overview, 2026-11-30)
pub(super) fn verify(_door: &Door<'_>, _request: &WebhookRequest) -> Verdict {
    Verdict::Refused { why: "Tiki sends no webhooks" }
}
