//! Checks of the TikTok Shop connector against its published messages.
