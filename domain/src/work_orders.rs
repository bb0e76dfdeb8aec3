//! work_orders.
