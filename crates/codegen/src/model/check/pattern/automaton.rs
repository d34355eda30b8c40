//! The Glushkov automaton of a pattern: a state for each of its characters, no empty moves.

use super::Node;

type Ranges = Vec<(char, char)>;

/// A nondeterministic automaton whose states each read one character of a set.
#[derive(Debug)]
pub struct Automaton {
    /// What each state reads, as sorted disjoint ranges.
    reads: Vec<Ranges>,
    follow: Vec<Vec<usize>>,
    first: Vec<usize>,
    last: Vec<bool>,
    accepts_empty: bool,
    /// Whether some move can be made in two ways, or a repetition can turn without reading: `(a+)+`, `(a?)*`.
    doubled: bool,
}

/// A part of the automaton under construction.
#[derive(Clone)]
struct Part {
    first: Vec<usize>,
    last: Vec<usize>,
    empty: bool,
}

struct Builder {
    reads: Vec<Ranges>,
    follow: Vec<Vec<usize>>,
    most: usize,
    /// Whether a repetition of something that leaves a choice becomes a loop.
    loops: bool,
    doubled: bool,
}

impl Automaton {
    /// Reads exactly what the pattern matches; none when it would have more than `most` states.
    pub fn exact(node: &Node, most: usize) -> Option<Self> {
        Self::build(node, most, false)
    }

    /// As [`Self::exact`], but a bounded repetition of something that leaves a choice becomes an unbounded one, so that
    /// its ambiguity shows as one that grows without bound.
    pub fn looped(node: &Node, most: usize) -> Option<Self> {
        Self::build(node, most, true)
    }

    fn build(node: &Node, most: usize, loops: bool) -> Option<Self> {
        let mut builder = Builder { reads: Vec::new(), follow: Vec::new(), most, loops, doubled: false };
        let part = builder.part(node)?;
        let mut last = vec![false; builder.reads.len()];
        for state in part.last {
            last[state] = true;
        }
        Some(Self { reads: builder.reads, follow: builder.follow, first: part.first, last, accepts_empty: part.empty, doubled: builder.doubled })
    }

    /// Whether it accepts the whole text. Takes time in the length of the text times the number of moves.
    pub fn matches(&self, text: &str) -> bool {
        let mut letters = text.chars();
        let Some(letter) = letters.next() else { return self.accepts_empty };
        let mut states: Vec<bool> = vec![false; self.reads.len()];
        for state in &self.first {
            states[*state] = contains(&self.reads[*state], letter);
        }
        for letter in letters {
            let mut next = vec![false; states.len()];
            for (state, _) in states.iter().enumerate().filter(|(_, active)| **active) {
                for following in &self.follow[state] {
                    next[*following] |= contains(&self.reads[*following], letter);
                }
            }
            states = next;
        }
        states.iter().zip(&self.last).any(|(active, last)| *active && *last)
    }

    /// Whether each character decides the next state.
    pub fn is_deterministic(&self) -> bool {
        let decided = |states: &[usize]| {
            states
                .iter()
                .enumerate()
                .all(|(index, state)| states[..index].iter().all(|other| other == state || !meet(&self.reads[*other], &self.reads[*state])))
        };
        !self.doubled && decided(&self.first) && self.follow.iter().all(|states| decided(states))
    }

    /// Whether some text can be read around a loop in two ways, so that the ways double with each turn: whether in the
    /// square of the automaton a pair of different states shares a cycle with a pair of equal ones.
    pub fn is_exponential(&self) -> bool {
        if self.doubled || self.is_deterministic() {
            return self.doubled;
        }
        let size = self.reads.len();
        let mut component = Components::new(self);
        for state in 0..size {
            component.run(state * size + state);
        }
        component.found
    }

    /// The moves of the square automaton.
    fn pair_moves(&self, pair: usize) -> Vec<usize> {
        let size = self.reads.len();
        let (a, b) = (pair / size, pair % size);
        let mut moves = Vec::new();
        for next_a in &self.follow[a] {
            for next_b in &self.follow[b] {
                if meet(&self.reads[*next_a], &self.reads[*next_b]) {
                    moves.push(next_a * size + next_b);
                }
            }
        }
        moves
    }
}

/// Tarjan's strongly connected components over the square automaton, without recursion.
struct Components<'a> {
    automaton: &'a Automaton,
    order: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    counter: u32,
    /// Whether a component has both an equal and an unequal pair.
    found: bool,
}

impl<'a> Components<'a> {
    fn new(automaton: &'a Automaton) -> Self {
        let pairs = automaton.reads.len() * automaton.reads.len();
        Self { automaton, order: vec![0; pairs], low: vec![0; pairs], on_stack: vec![false; pairs], stack: Vec::new(), counter: 0, found: false }
    }

    fn run(&mut self, root: usize) {
        if self.order[root] > 0 || self.found {
            return;
        }
        self.open(root);
        let mut path = vec![(root, self.automaton.pair_moves(root))];
        while let Some((pair, moves)) = path.last_mut() {
            let pair = *pair;
            if let Some(next) = moves.pop() {
                if self.order[next] == 0 {
                    self.open(next);
                    let onward = self.automaton.pair_moves(next);
                    path.push((next, onward));
                } else if self.on_stack[next] {
                    self.low[pair] = self.low[pair].min(self.order[next]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                self.low[*parent] = self.low[*parent].min(self.low[pair]);
            }
            if self.low[pair] == self.order[pair] {
                self.close(pair);
            }
        }
    }

    fn open(&mut self, pair: usize) {
        self.counter += 1;
        self.order[pair] = self.counter;
        self.low[pair] = self.counter;
        self.on_stack[pair] = true;
        self.stack.push(pair);
    }

    fn close(&mut self, root: usize) {
        let size = self.automaton.reads.len();
        let (mut equal, mut unequal) = (false, false);
        while let Some(pair) = self.stack.pop() {
            self.on_stack[pair] = false;
            let same = pair / size == pair % size;
            equal |= same;
            unequal |= !same;
            if pair == root {
                break;
            }
        }
        self.found |= equal && unequal;
    }
}

impl Builder {
    fn part(&mut self, node: &Node) -> Option<Part> {
        match node {
            Node::Set { not, ranges } => {
                if self.reads.len() >= self.most {
                    return None;
                }
                self.reads.push(merged(*not, ranges));
                self.follow.push(Vec::new());
                let state = self.reads.len() - 1;
                Some(Part { first: vec![state], last: vec![state], empty: false })
            }
            Node::Concat(nodes) => {
                let mut all = Part { first: Vec::new(), last: Vec::new(), empty: true };
                for node in nodes {
                    let next = self.part(node)?;
                    all = self.then(all, next);
                }
                Some(all)
            }
            Node::Either(nodes) => {
                let mut all = Part { first: Vec::new(), last: Vec::new(), empty: false };
                for node in nodes {
                    let next = self.part(node)?;
                    all.first.extend(next.first);
                    all.last.extend(next.last);
                    all.empty |= next.empty;
                }
                Some(all)
            }
            Node::Repeat { node, min, max } => self.repeat(node, *min, *max),
        }
    }

    fn repeat(&mut self, node: &Node, min: u32, max: Option<u32>) -> Option<Part> {
        if self.loops && max != Some(1) && leaves_choice(node) {
            let once = self.part(node)?;
            return Some(self.around(once, min == 0));
        }
        let mut all = Part { first: Vec::new(), last: Vec::new(), empty: true };
        let Some(max) = max else {
            for _ in 1..min {
                let next = self.part(node)?;
                all = self.then(all, next);
            }
            let once = self.part(node)?;
            let turning = self.around(once, min == 0);
            return Some(self.then(all, turning));
        };
        for _ in 0..min {
            let next = self.part(node)?;
            all = self.then(all, next);
        }
        // `x{0,3}` is `(x(x(x)?)?)?`: built from the inside, so that a shorter reading ends early instead of skipping.
        let mut optional: Option<Part> = None;
        for _ in min..max {
            let next = self.part(node)?;
            let mut longer = match optional.take() {
                Some(inner) => self.then(next, inner),
                None => next,
            };
            longer.empty = true;
            optional = Some(longer);
        }
        Some(match optional {
            Some(optional) => self.then(all, optional),
            None => all,
        })
    }

    fn then(&mut self, a: Part, b: Part) -> Part {
        self.connect(&a.last, &b.first);
        let mut first = a.first;
        if a.empty {
            first.extend(&b.first);
        }
        let mut last = b.last;
        if b.empty {
            last.extend(&a.last);
        }
        Part { first, last, empty: a.empty && b.empty }
    }

    fn connect(&mut self, from: &[usize], to: &[usize]) {
        for state in from {
            for next in to {
                if self.follow[*state].contains(next) {
                    self.doubled = true;
                } else {
                    self.follow[*state].push(*next);
                }
            }
        }
    }

    fn around(&mut self, part: Part, empty: bool) -> Part {
        self.connect(&part.last, &part.first);
        self.doubled |= part.empty;
        Part { empty: empty || part.empty, ..part }
    }
}

/// Whether a text could be read by the node in more than one length or way.
fn leaves_choice(node: &Node) -> bool {
    match node {
        Node::Set { .. } => false,
        Node::Concat(nodes) => nodes.iter().any(leaves_choice),
        Node::Either(_) => true,
        Node::Repeat { node, min, max } => *max != Some(*min) || leaves_choice(node),
    }
}

/// Sorted disjoint ranges of what a set reads.
fn merged(not: bool, ranges: &[(char, char)]) -> Ranges {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable();
    let mut all: Ranges = Vec::with_capacity(sorted.len());
    for (start, end) in sorted {
        match all.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => all.push((start, end)),
        }
    }
    if !not {
        return all;
    }
    let mut others = Vec::with_capacity(all.len() + 1);
    let mut next = Some('\0');
    for (start, end) in all {
        if let Some(begin) = next
            && begin < start
            && let Some(before) = (begin..start).next_back()
        {
            others.push((begin, before));
        }
        next = (end..=char::MAX).nth(1);
    }
    others.extend(next.map(|begin| (begin, char::MAX)));
    others
}

fn contains(ranges: &[(char, char)], letter: char) -> bool {
    ranges.iter().any(|(start, end)| (*start..=*end).contains(&letter))
}

fn meet(a: &[(char, char)], b: &[(char, char)]) -> bool {
    a.iter().any(|(start, end)| b.iter().any(|(other_start, other_end)| start <= other_end && other_start <= end))
}
