//! What a parser has to tell, in the order of the document.

use super::names::Symbol;
use std::ops::Range;
use std::rc::Rc;

/// A piece of text: of the document, of an entity's text, or made.
#[derive(Clone, Debug)]
pub enum Piece {
    Main(Range<usize>),
    Entity(Rc<str>, Range<usize>),
    Own(Box<str>),
}

impl Piece {
    pub fn own(text: &str) -> Piece {
        Piece::Own(text.into())
    }
}

/// The handlers that a user can set, in the order of [`HANDLERS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Handler {
    StartElement,
    EndElement,
    Instruction,
    CharacterData,
    UnparsedEntityDecl,
    NotationDecl,
    StartNamespaceDecl,
    EndNamespaceDecl,
    Comment,
    StartCdataSection,
    EndCdataSection,
    Default,
    DefaultExpand,
    NotStandalone,
    ExternalEntityRef,
    StartDoctypeDecl,
    EndDoctypeDecl,
    EntityDecl,
    XmlDecl,
    ElementDecl,
    AttlistDecl,
    SkippedEntity,
}

/// The handlers' names.
pub const HANDLERS: [&str; 22] = [
    "StartElementHandler",
    "EndElementHandler",
    "ProcessingInstructionHandler",
    "CharacterDataHandler",
    "UnparsedEntityDeclHandler",
    "NotationDeclHandler",
    "StartNamespaceDeclHandler",
    "EndNamespaceDeclHandler",
    "CommentHandler",
    "StartCdataSectionHandler",
    "EndCdataSectionHandler",
    "DefaultHandler",
    "DefaultHandlerExpand",
    "NotStandaloneHandler",
    "ExternalEntityRefHandler",
    "StartDoctypeDeclHandler",
    "EndDoctypeDeclHandler",
    "EntityDeclHandler",
    "XmlDeclHandler",
    "ElementDeclHandler",
    "AttlistDeclHandler",
    "SkippedEntityHandler",
];

const _: () = assert!(Handler::SkippedEntity as usize + 1 == HANDLERS.len());

/// A part of what the content of an element may be: kind and quantifier by the numbers of the interface. All
/// parts lie in one list, each before its children, so that no depth of them is too deep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    pub kind: u8,
    pub quantifier: u8,
    pub name: Option<Box<str>>,
    pub children: Vec<usize>,
}

/// The names of something that lies outside.
#[derive(Clone, Debug, Default)]
pub struct External {
    pub base: Option<Rc<str>>,
    pub system: Option<Rc<str>>,
    pub public: Option<Rc<str>>,
}

/// A declared entity as its handler is told of it.
#[derive(Debug)]
pub struct EntityNews {
    pub name: Box<str>,
    pub is_parameter: bool,
    pub value: Option<Rc<str>>,
    pub external: External,
    pub notation: Option<Box<str>>,
}

/// An attribute's declaration.
#[derive(Debug)]
pub struct AttributeNews {
    pub element: Box<str>,
    pub name: Box<str>,
    pub kind: String,
    pub value: Option<Rc<str>>,
    pub is_required: bool,
}

/// What is told. What has a `raw` text goes to the default handler if its own handler is not set.
#[derive(Debug)]
pub enum Event {
    /// Characters that are written as they are.
    Text(Piece),
    /// A character that was written otherwise.
    Character {
        text: Piece,
        raw: Piece,
    },
    /// What has no handler but the default one, unless one of certain handlers is set.
    Raw(Piece, &'static [Handler]),
    Start {
        name: Symbol,
        /// Those that were given come first.
        attributes: Vec<(Symbol, Piece)>,
        given: usize,
        raw: Piece,
        /// The end follows without text of its own.
        is_empty: bool,
    },
    /// Without raw text where the start's stands for both; it is told at the end of that.
    End {
        name: Symbol,
        raw: Option<Piece>,
        end: usize,
    },
    StartNamespace {
        prefix: Option<Symbol>,
        uri: Option<Symbol>,
    },
    EndNamespace {
        prefix: Option<Symbol>,
        /// As with the element's end.
        end: Option<usize>,
    },
    Comment {
        text: Box<str>,
        raw: Piece,
    },
    Instruction {
        target: Symbol,
        data: Box<str>,
        raw: Piece,
    },
    StartCdata {
        raw: Piece,
    },
    EndCdata {
        raw: Piece,
    },
    XmlDecl {
        version: Option<Box<str>>,
        encoding: Option<Box<str>>,
        standalone: i64,
        raw: Piece,
    },
    StartDoctype {
        name: Box<str>,
        external: External,
        has_subset: bool,
    },
    EndDoctype,
    Entity(EntityNews),
    Unparsed(EntityNews),
    Notation {
        name: Box<str>,
        external: External,
    },
    Element {
        name: Box<str>,
        model: Vec<Model>,
    },
    Attribute(AttributeNews),
    /// Something outside is wanted. Its parser is made with the context.
    External {
        context: Option<Box<str>>,
        external: External,
        raw: Option<Piece>,
    },
    Skipped {
        name: Box<str>,
        is_parameter: bool,
        raw: Piece,
    },
    /// A document that hangs on others does not say that it stands alone.
    NotStandalone,
    /// Declarations outside were asked for; `had_references` if nobody read them. `is_entity`: those of a
    /// parameter entity.
    DeclarationsRead {
        had_references: bool,
        is_entity: bool,
    },
    /// The document is in an encoding that others have to tell.
    Encoding {
        name: Box<str>,
    },
    Fail(Code),
}

macro_rules! codes {
    ($($name:ident = $number:literal)*) => {
        /// What can be wrong, by the numbers of the interface.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Code {
            $($name = $number,)*
        }
    };
}

codes! {
    Syntax = 2
    NoElements = 3
    InvalidToken = 4
    UnclosedToken = 5
    PartialChar = 6
    TagMismatch = 7
    DuplicateAttribute = 8
    JunkAfterDocElement = 9
    ParamEntityRef = 10
    UndefinedEntity = 11
    RecursiveEntityRef = 12
    AsyncEntity = 13
    BadCharRef = 14
    BinaryEntityRef = 15
    AttributeExternalEntityRef = 16
    MisplacedXmlPi = 17
    UnknownEncoding = 18
    IncorrectEncoding = 19
    UnclosedCdataSection = 20
    ExternalEntityHandling = 21
    NotStandalone = 22
    EntityDeclaredInPe = 24
    UnboundPrefix = 27
    UndeclaringPrefix = 28
    IncompletePe = 29
    XmlDecl = 30
    TextDecl = 31
    PublicId = 32
    Finished = 36
    ReservedPrefixXml = 38
    ReservedPrefixXmlns = 39
    ReservedNamespaceUri = 40
    AmplificationLimitBreach = 43
}
