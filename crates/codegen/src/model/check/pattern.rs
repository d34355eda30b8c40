//! Regular expressions that JavaScript and Postgres read alike and that no text can make slow.
//!
//! A pattern is parsed into a small tree, refused where the tree cannot say it, and written out again from the tree,
//! so that only what is understood here gets through. How it could be matched is then examined on its Glushkov
//! automaton (one state for each character of the pattern).

mod automaton;

use super::limits::PATTERN;
use automaton::Automaton;
use regex_syntax::ast::{self, Ast};
use std::fmt::Write as _;

/// Largest count in braces; Postgres takes no more.
const REPEAT: u32 = 255;
/// Most states of the automaton.
const STATES: usize = 600;

/// What a pattern is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    /// One of these characters, or with `not` one of all others.
    Set {
        not: bool,
        ranges: Vec<(char, char)>,
    },
    Concat(Vec<Node>),
    Either(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
    },
}

/// The pattern written so that both engines read it alike, or why there is no such.
pub fn portable(pattern: &str) -> Result<String, String> {
    let node = tree(pattern)?;
    let automaton = Automaton::exact(&node, STATES)
        .ok_or_else(|| format!("The pattern is too large: with its repetitions written out it has more than {STATES} characters."))?;
    let examined = Automaton::looped(&node, STATES);
    if examined.is_none_or(|examined| examined.is_exponential()) {
        return Err("The pattern repeats something that itself can be read in several ways, such as `(a+)+` or `(a|a)*`; some texts would take very long to match. Write it so that each character decides what comes next.".into());
    }
    if !automaton.is_deterministic() && choices(&node) > 3 {
        return Err("The pattern has several repetitions that can take each other's characters, such as `.*a.*b.*c.*`; some texts would take very long to match. Write it so that each character decides what comes next, or use at most three repetitions.".into());
    }
    let mut text = String::new();
    write_node(&node, &mut text);
    Ok(text)
}

/// Whether a portable pattern matches the whole text.
pub fn matches(portable: &str, text: &str) -> bool {
    tree(portable).ok().and_then(|node| Automaton::exact(&node, STATES)).is_some_and(|automaton| automaton.matches(text))
}

/// Repetitions that leave a choice.
fn choices(node: &Node) -> usize {
    match node {
        Node::Set { .. } => 0,
        Node::Concat(nodes) | Node::Either(nodes) => nodes.iter().map(choices).sum(),
        Node::Repeat { node, min, max } => choices(node) + usize::from(*max != Some(*min)),
    }
}

fn tree(pattern: &str) -> Result<Node, String> {
    let length = pattern.chars().count();
    if length == 0 || length > PATTERN {
        return Err(format!("The pattern has {length} characters; accepted are 1 to {PATTERN}."));
    }
    let parsed = ast::parse::ParserBuilder::new().nest_limit(20).build().parse(pattern);
    let ast = parsed.map_err(|error| format!("The pattern cannot be read at character {}: {}.", error.span().start.column, error.kind()))?;
    whole(&ast)
}

/// The whole string is matched anyway, so an anchor at either end says nothing and is left out.
fn whole(ast: &Ast) -> Result<Node, String> {
    let Ast::Concat(concat) = ast else { return node(ast) };
    let is = |ast: &Ast, wanted: &ast::AssertionKind| matches!(ast, Ast::Assertion(found) if found.kind == *wanted);
    let mut parts = &concat.asts[..];
    if let [first, rest @ ..] = parts
        && is(first, &ast::AssertionKind::StartLine)
    {
        parts = rest;
    }
    if let [rest @ .., last] = parts
        && is(last, &ast::AssertionKind::EndLine)
    {
        parts = rest;
    }
    parts.iter().map(node).collect::<Result<_, _>>().map(Node::Concat)
}

fn refused<T>(span: &ast::Span, what: &str) -> Result<T, String> {
    Err(format!(
        "The pattern has {what} at character {}, which JavaScript and Postgres do not read alike; accepted are characters, sets such as `[a-z]`, `.`, `\\d`, `\\w`, `|`, groups and repetitions.",
        span.start.column
    ))
}

fn node(ast: &Ast) -> Result<Node, String> {
    match ast {
        Ast::Empty(_) => Ok(Node::Concat(Vec::new())),
        Ast::Literal(literal) => Ok(one(character(literal)?)),
        Ast::Dot(_) => Ok(Node::Set { not: true, ranges: vec![('\n', '\n')] }),
        Ast::ClassPerl(class) => Ok(perl(class)),
        Ast::ClassBracketed(class) => bracketed(class),
        Ast::Repetition(repetition) => repeated(repetition),
        Ast::Group(group) => match &group.kind {
            ast::GroupKind::CaptureIndex(_) => node(&group.ast),
            ast::GroupKind::NonCapturing(flags) if flags.items.is_empty() => node(&group.ast),
            ast::GroupKind::NonCapturing(flags) => refused(&flags.span, "flags"),
            ast::GroupKind::CaptureName { .. } => refused(&group.span, "a named group"),
        },
        Ast::Alternation(alternation) => alternation.asts.iter().map(node).collect::<Result<_, _>>().map(Node::Either),
        Ast::Concat(concat) => concat.asts.iter().map(node).collect::<Result<_, _>>().map(Node::Concat),
        Ast::Flags(flags) => refused(&flags.span, "flags"),
        Ast::Assertion(assertion) => refused(&assertion.span, "an anchor inside"),
        Ast::ClassUnicode(class) => refused(&class.span, "a Unicode class"),
    }
}

fn one(letter: char) -> Node {
    Node::Set { not: false, ranges: vec![(letter, letter)] }
}

/// A character of a line of text that one UTF-16 unit can hold.
fn character(literal: &ast::Literal) -> Result<char, String> {
    if u32::from(literal.c) > 0xffff {
        return refused(&literal.span, "a character beyond U+FFFF");
    }
    let escaped_blank = matches!(literal.c, '\n' | '\t') && matches!(literal.kind, ast::LiteralKind::Special(_));
    if !escaped_blank && !super::text::is_harmless(literal.c) {
        return refused(&literal.span, "a control character");
    }
    Ok(literal.c)
}

const DIGIT: &[(char, char)] = &[('0', '9')];
const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
const SPACE: &[(char, char)] = &[('\t', '\t'), (' ', ' ')];

fn perl_ranges(kind: &ast::ClassPerlKind) -> &'static [(char, char)] {
    match kind {
        ast::ClassPerlKind::Digit => DIGIT,
        ast::ClassPerlKind::Word => WORD,
        ast::ClassPerlKind::Space => SPACE,
    }
}

/// `\d`, `\w` and `\s` mean ASCII digits, letters and blanks; the engines' own ideas differ.
fn perl(class: &ast::ClassPerl) -> Node {
    Node::Set { not: class.negated, ranges: perl_ranges(&class.kind).to_vec() }
}

fn bracketed(class: &ast::ClassBracketed) -> Result<Node, String> {
    let ast::ClassSet::Item(item) = &class.kind else { return refused(&class.span, "a set operation") };
    let mut ranges = Vec::new();
    collect(item, &mut ranges)?;
    ranges.sort_unstable();
    ranges.dedup();
    Ok(Node::Set { not: class.negated, ranges })
}

fn collect(item: &ast::ClassSetItem, ranges: &mut Vec<(char, char)>) -> Result<(), String> {
    match item {
        ast::ClassSetItem::Literal(literal) => {
            let letter = character(literal)?;
            ranges.push((letter, letter));
        }
        ast::ClassSetItem::Range(range) => ranges.push((character(&range.start)?, character(&range.end)?)),
        ast::ClassSetItem::Perl(class) if !class.negated => ranges.extend(perl_ranges(&class.kind)),
        ast::ClassSetItem::Union(union) => union.items.iter().try_for_each(|item| collect(item, ranges))?,
        ast::ClassSetItem::Empty(span) => return refused(span, "an empty set"),
        ast::ClassSetItem::Perl(class) => return refused(&class.span, "a negated class in a set"),
        ast::ClassSetItem::Ascii(class) => return refused(&class.span, "a POSIX class"),
        ast::ClassSetItem::Unicode(class) => return refused(&class.span, "a Unicode class"),
        ast::ClassSetItem::Bracketed(class) => return refused(&class.span, "a set in a set"),
    }
    Ok(())
}

fn repeated(repetition: &ast::Repetition) -> Result<Node, String> {
    if !repetition.greedy {
        return refused(&repetition.op.span, "a lazy repetition");
    }
    let (min, max) = match &repetition.op.kind {
        ast::RepetitionKind::ZeroOrOne => (0, Some(1)),
        ast::RepetitionKind::ZeroOrMore => (0, None),
        ast::RepetitionKind::OneOrMore => (1, None),
        ast::RepetitionKind::Range(ast::RepetitionRange::Exactly(count)) => (*count, Some(*count)),
        ast::RepetitionKind::Range(ast::RepetitionRange::AtLeast(count)) => (*count, None),
        ast::RepetitionKind::Range(ast::RepetitionRange::Bounded(min, max)) => (*min, Some(*max)),
    };
    if min > REPEAT || max.is_some_and(|max| max > REPEAT || max == 0) {
        return Err(format!("The pattern repeats too often, or never, at character {}; accepted is 1 to {REPEAT} times.", repetition.op.span.start.column));
    }
    if matches!(*repetition.ast, Ast::Repetition(_)) {
        return refused(&repetition.op.span, "a repetition of a repetition");
    }
    Ok(Node::Repeat { node: Box::new(node(&repetition.ast)?), min, max })
}

fn write_node(node: &Node, text: &mut String) {
    match node {
        Node::Set { not, ranges } => write_set(*not, ranges, text),
        Node::Concat(nodes) => {
            for node in nodes {
                if matches!(node, Node::Either(_)) { write_group(node, text) } else { write_node(node, text) }
            }
        }
        Node::Either(nodes) => {
            for (index, node) in nodes.iter().enumerate() {
                if index > 0 {
                    text.push('|');
                }
                write_node(node, text);
            }
        }
        Node::Repeat { node, min, max } => {
            if matches!(**node, Node::Set { .. }) {
                write_node(node, text);
            } else {
                write_group(node, text);
            }
            match (min, max) {
                (0, Some(1)) => text.push('?'),
                (0, None) => text.push('*'),
                (1, None) => text.push('+'),
                (min, None) => drop(write!(text, "{{{min},}}")),
                (min, Some(max)) if min == max => drop(write!(text, "{{{min}}}")),
                (min, Some(max)) => drop(write!(text, "{{{min},{max}}}")),
            }
        }
    }
}

fn write_group(node: &Node, text: &mut String) {
    text.push_str("(?:");
    write_node(node, text);
    text.push(')');
}

fn write_set(not: bool, ranges: &[(char, char)], text: &mut String) {
    if let (false, [(start, end)]) = (not, ranges)
        && start == end
    {
        return write_letter(*start, "\\^$.*+?()[]{}|/", text);
    }
    text.push_str(if not { "[^" } else { "[" });
    for (start, end) in ranges {
        write_letter(*start, "\\]^[-", text);
        if start != end {
            text.push('-');
            write_letter(*end, "\\]^[-", text);
        }
    }
    text.push(']');
}

fn write_letter(letter: char, special: &str, text: &mut String) {
    match letter {
        '\n' => text.push_str("\\n"),
        '\t' => text.push_str("\\t"),
        _ => {
            if special.contains(letter) {
                text.push('\\');
            }
            text.push(letter);
        }
    }
}
