//! What a shop may rely on when it practises against the Lazada stand-in.
