//! Checks of the Shopify twin, one for each rule that its documents name.
