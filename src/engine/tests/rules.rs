//! Rules of the model, one by one.

use super::*;
