//! Where work stands in a trace, as it travels between programs: W3C Trace Context.

use std::fmt;
use std::str::FromStr;

/// The value of a `traceparent`: the trace, the span in it that caused what follows, and whether it is sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceParent {
    trace: u128,
    span: u64,
    flags: u8,
}

/// Not a `traceparent`. Whoever gets one begins a trace of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a traceparent is 00-<32 hexadecimal digits>-<16>-<2>, in lower case")]
pub struct NoTraceParent;

/// The flags with a meaning: sampled, and (Level 2) random.
const FLAGS: u8 = 0b11;

impl TraceParent {
    /// Of a trace and a span; neither may be zero.
    pub fn new(trace: u128, span: u64, flags: u8) -> Result<Self, NoTraceParent> {
        if trace == 0 || span == 0 { Err(NoTraceParent) } else { Ok(Self { trace, span, flags: flags & FLAGS }) }
    }

    /// The trace.
    pub const fn trace(self) -> u128 {
        self.trace
    }

    /// The span that caused what follows.
    pub const fn span(self) -> u64 {
        self.span
    }

    /// Sampled (1), random (2).
    pub const fn flags(self) -> u8 {
        self.flags
    }
}

impl FromStr for TraceParent {
    type Err = NoTraceParent;

    /// What a later version says behind our four fields is left out, as the standard wants it.
    fn from_str(text: &str) -> Result<Self, NoTraceParent> {
        let mut fields = text.splitn(5, '-');
        let mut next = |digits: usize| {
            let plain = |field: &&str| field.len() == digits && field.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            fields.next().filter(plain).and_then(|field| u128::from_str_radix(field, 16).ok()).ok_or(NoTraceParent)
        };
        let (version, trace, span, flags) = (next(2)?, next(32)?, next(16)?, next(2)?);
        if version == 0xff || version == 0 && fields.next().is_some() {
            return Err(NoTraceParent);
        }
        Self::new(trace, u64::try_from(span).map_err(|_| NoTraceParent)?, u8::try_from(flags).map_err(|_| NoTraceParent)?)
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, self.flags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn what_the_standard_allows_is_read_and_nothing_else() {
        let read: TraceParent = GOOD.parse().unwrap();
        assert_eq!((read.trace(), read.span(), read.flags()), (0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c, 0xb7ad_6b71_6920_3331, 1));
        assert_eq!(read.to_string(), GOOD);
        // A version that is not known yet may say more, behind the same fields.
        assert_eq!(format!("cc{}-what-comes", &GOOD[2..]).parse(), Ok(read));
        assert_eq!(format!("cc{}", &GOOD[2..]).parse(), Ok(read));
        // Flags without a meaning are not passed on.
        assert_eq!(GOOD.replace("-01", "-ff").parse::<TraceParent>().unwrap().flags(), 3);
        let wrong = [
            String::new(),
            "00".into(),
            format!("{GOOD}-more"),
            format!("ff{}", &GOOD[2..]),
            GOOD.to_uppercase(),
            GOOD.replace("0af7651916cd43dd8448eb211c80319c", "00000000000000000000000000000000"),
            GOOD.replace("b7ad6b7169203331", "0000000000000000"),
            GOOD.replace("0af7", "+af7"),
            GOOD.replace("0af7", "af7"),
            GOOD.replace('-', "_"),
            format!(" {GOOD}"),
            format!("{GOOD}'; drop table builds; --"),
        ];
        for text in wrong {
            assert_eq!(text.parse::<TraceParent>(), Err(NoTraceParent), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(trace in 1u128.., span in 1u64.., flags in 0u8..4) {
            let made = TraceParent::new(trace, span, flags).unwrap();
            prop_assert_eq!(made.to_string().parse(), Ok(made));
        }

        #[test]
        fn whatever_is_read_is_written_in_the_one_form(text in "[0-9a-fg]{2}-[0-9a-f]{31,33}-[0-9a-f]{15,17}-[0-9a-f]{2}(-x)?") {
            if let Ok(read) = text.parse::<TraceParent>() {
                prop_assert_eq!(read.to_string().len(), 55);
                prop_assert_eq!(&read.to_string()[2..52], &text[2..52]);
            }
        }
    }
}
