//! Colors that can be read, and CSS values.

use super::context::{At, Context, shown};
use crate::design::{Font, Mode, Radius};
use crate::model::Theme;

/// The brand color without one in the design.
const PRIMARY: &str = "#2f5bea";
/// The tint of neutral surfaces without one in the design.
const NEUTRAL: &str = "#64748b";
/// The dark surface on which `primary_dark` must be readable.
const DARK_SURFACE: Color = Color(0x11, 0x16, 0x1f);
const WHITE: Color = Color(255, 255, 255);
const BLACK: Color = Color(0, 0, 0);
/// WCAG 2 success criterion 1.4.11: what must be told apart from its surroundings.
const VISIBLE: f64 = 3.0;
/// WCAG 2 success criterion 1.4.3: text.
const READABLE: f64 = 4.5;

/// Resolves the theme. A brand color that cannot be seen on a light page is a problem.
pub fn resolve(context: &mut Context<'_>) -> Theme {
    let root = At::Root;
    let at = root.key("theme");
    let theme = &context.design.theme;
    let primary = color(context, &at.key("primary"), theme.primary.as_deref(), PRIMARY);
    let neutral = color(context, &at.key("neutral"), theme.neutral.as_deref(), NEUTRAL);
    if theme.mode != Mode::Dark && primary.contrast(WHITE) < VISIBLE {
        let darker = primary.toward(BLACK, |color| color.contrast(WHITE) >= READABLE);
        context.problem(
            &at.key("primary"),
            format!(
                "{} on white has a contrast of {:.1}:1, too little to be seen; at least {VISIBLE:.0}:1 is accepted. {} would do.",
                primary.css(),
                primary.contrast(WHITE),
                darker.css()
            ),
        );
    }
    let primary_dark = primary.toward(WHITE, |color| color.contrast(DARK_SURFACE) >= READABLE);
    Theme {
        primary: primary.css(),
        on_primary: primary.text().css(),
        primary_dark: primary_dark.css(),
        on_primary_dark: primary_dark.text().css(),
        neutral: neutral.css(),
        font_family: font_family(theme.font).to_owned(),
        radius: match theme.radius {
            Radius::None => 0,
            Radius::Small => 4,
            Radius::Medium => 8,
            Radius::Large => 14,
        },
        mode: theme.mode,
    }
}

fn font_family(font: Font) -> &'static str {
    match font {
        Font::Sans => "system-ui, -apple-system, \"Segoe UI\", Roboto, \"Helvetica Neue\", Arial, sans-serif",
        Font::Serif => "Charter, \"Bitstream Charter\", \"Sitka Text\", Cambria, Georgia, serif",
        Font::Rounded => "ui-rounded, \"Hiragino Maru Gothic ProN\", Quicksand, Comfortaa, Manjari, \"Arial Rounded MT Bold\", Calibri, sans-serif",
        Font::Mono => "ui-monospace, \"Cascadia Code\", \"Source Code Pro\", Menlo, Consolas, \"DejaVu Sans Mono\", monospace",
    }
}

fn color(context: &mut Context<'_>, at: &At<'_>, given: Option<&str>, otherwise: &str) -> Color {
    let text = given.unwrap_or(otherwise);
    Color::parse(text).unwrap_or_else(|| {
        context.problem(at, format!("`{}` is no color; accepted is `#` and six hexadecimal digits, such as `{otherwise}`.", shown(text)));
        BLACK
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Color(u8, u8, u8);

impl Color {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// WCAG 2 relative luminance, 0 to 1.
    fn luminance(self) -> f64 {
        let part = |byte: u8| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(self.0) + 0.7152 * part(self.1) + 0.0722 * part(self.2)
    }

    /// WCAG 2 contrast ratio, 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Black or white, whichever reads better on this.
    fn text(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(BLACK) { WHITE } else { BLACK }
    }

    /// This color mixed with as little of `end` as makes it pass.
    fn toward(self, end: Self, passes: impl Fn(Self) -> bool) -> Self {
        let mixed = |percent: u16| {
            let part = |from: u8, to: u8| u8::try_from((u16::from(from) * (100 - percent) + u16::from(to) * percent) / 100).unwrap_or(to);
            Self(part(self.0, end.0), part(self.1, end.1), part(self.2, end.2))
        };
        (0..=100).map(mixed).find(|color| passes(*color)).unwrap_or(end)
    }
}
