//! Why a recording was given up: the one table.

macro_rules! aborts {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// Why a recording was given up.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        pub enum Abort { $($(#[$doc])* $name,)* }

        impl Abort {
            pub const ALL: &[Abort] = &[$(Abort::$name,)*];

            /// For logs.
            pub const fn text(self) -> &'static str {
                match self { $(Abort::$name => $text,)* }
            }
        }
    };
}

aborts! {
    TooLong "trace too long";
    Opaque "an op that is not recorded";
    InnerLoop "an inner loop";
    LeavesLoop "the frame of the loop returned";
    Raised "an exception was raised";
    FrameKind "a frame that is not a plain function's";
    Unstable "the loop's types change from one time round to the next";
    Contradiction "a test cannot hold in the next time round";
    Unknown "a register that was not seen being written";
    Operation "an operation on values that is not recorded";
    Settled "something that was relied on changed";
    Told "a function is told of lines and calls";
    Random "given up at random, for tests";
}
