//! What a shop may rely on when it practises against the TikTok Shop stand-in.
