//! The book keeps its promises under storms, faults and long orders.
