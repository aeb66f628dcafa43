//! A shared value that is compared by identity: large values are replaced, never changed, so that is enough.

use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// A reference-counted value; equal only to its own copies.
pub struct Kept<T: ?Sized>(Rc<T>);

impl<T> Kept<T> {
    pub fn new(value: T) -> Self {
        Self(Rc::new(value))
    }
}

/// A value of which only its own code knows the type: what is behind the cut and must not be named before it.
impl Kept<dyn Any> {
    pub fn hidden<T: 'static>(value: T) -> Self {
        Self(Rc::new(value))
    }

    /// The value, for who knows its type.
    pub fn seen<T: 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl<T: ?Sized> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T: ?Sized> Deref for Kept<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> PartialEq for Kept<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: Default> Default for Kept<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
