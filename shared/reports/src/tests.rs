//! What the pages promise, tried on made-up days.
