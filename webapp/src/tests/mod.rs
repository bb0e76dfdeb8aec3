//! The routes, asked as the Mini App and programs ask them, over a database of their own.

mod kit;
mod pages;
mod refusals;
mod stories;
