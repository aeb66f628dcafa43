//! Elements from one function. The `html!` macro writes out the making of each element, some 500 bytes of
//! WASM each; `el!` writes only what differs. For markup without keys; fields of forms are `html!`'s.

use std::rc::Rc;

use yew::virtual_dom::{AttributeOrProperty, Attributes, Listener, VTag};
use yew::{AttrValue, Html};

/// What hears an element's events.
pub type Hears = Vec<Option<Rc<dyn Listener>>>;

/// An element: `el!("p" { "class": "hint" } "words", html)`, and with listeners
/// `el!("ul" { "role": "listbox" } [onclick(callback)] children)`.
#[macro_export]
macro_rules! el {
    ($tag:literal { $($key:literal: $value:expr),* $(,)? } [$($event:ident($callback:expr)),* $(,)?] $($child:expr),* $(,)?) => {
        $crate::part::element(
            $tag,
            &[$($key),*],
            vec![$($crate::part::Worth::worth($value)),*],
            vec![$(Some(std::rc::Rc::new(yew::html::$event::Wrapper::new($callback)) as std::rc::Rc<dyn yew::virtual_dom::Listener>)),*],
            vec![$($crate::part::Child::child($child)),*],
        )
    };
    ($tag:literal { $($key:literal: $value:expr),* $(,)? } $($child:expr),* $(,)?) => {
        $crate::part::element(
            $tag,
            &[$($key),*],
            vec![$($crate::part::Worth::worth($value)),*],
            Vec::new(),
            vec![$($crate::part::Child::child($child)),*],
        )
    };
}

/// The element of this name, with these attributes by name and value.
#[inline(never)]
pub fn element(
    tag: &'static str,
    keys: &'static [&'static str],
    values: Vec<Option<AttrValue>>,
    hears: Hears,
    children: Vec<Html>,
) -> Html {
    let values = values.into_iter();
    let values = values.map(|value| value.map(AttributeOrProperty::Attribute));
    let mut element = VTag::new(AttrValue::Static(tag));
    element.set_attributes(Attributes::Dynamic {
        keys,
        values: values.collect(),
    });
    element.set_listeners(hears.into());
    element.add_children(children);
    element.into()
}

/// The listed nodes as one.
#[inline(never)]
pub fn all(nodes: Vec<Html>) -> Html {
    nodes.into_iter().collect()
}

/// What can be an attribute's value; `None` leaves the attribute out.
pub trait Worth {
    /// The value.
    fn worth(self) -> Option<AttrValue>;
}

impl Worth for &'static str {
    fn worth(self) -> Option<AttrValue> {
        Some(AttrValue::Static(self))
    }
}

impl Worth for String {
    fn worth(self) -> Option<AttrValue> {
        Some(AttrValue::from(self))
    }
}

impl Worth for AttrValue {
    fn worth(self) -> Option<AttrValue> {
        Some(self)
    }
}

impl Worth for Option<AttrValue> {
    fn worth(self) -> Option<AttrValue> {
        self
    }
}

/// As the ARIA attributes spell it.
impl Worth for bool {
    fn worth(self) -> Option<AttrValue> {
        Some(AttrValue::Static(if self { "true" } else { "false" }))
    }
}

/// What can stand inside an element.
pub trait Child {
    /// The node.
    fn child(self) -> Html;
}

impl Child for Html {
    fn child(self) -> Html {
        self
    }
}

impl Child for &'static str {
    fn child(self) -> Html {
        words(AttrValue::Static(self))
    }
}

impl Child for String {
    fn child(self) -> Html {
        words(AttrValue::from(self))
    }
}

impl Child for AttrValue {
    fn child(self) -> Html {
        words(self)
    }
}

/// Nothing, or something.
impl Child for Option<Html> {
    fn child(self) -> Html {
        self.unwrap_or_default()
    }
}

impl Child for Vec<Html> {
    fn child(self) -> Html {
        all(self)
    }
}

#[inline(never)]
fn words(text: AttrValue) -> Html {
    yew::virtual_dom::VText::new(text).into()
}
