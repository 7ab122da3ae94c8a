//! Moves that happen at once, as a sequence.
//!
//! A move whose target nobody else still reads can go first. Where all that are left wait for
//! each other they go round; then one value is kept in a slot of its own ([`SPARE`]) meanwhile.

use crate::Loc;

/// The slot for a value that others go round.
pub(crate) const SPARE: Loc = Loc::Slot(u16::MAX);

/// Orders moves (target, source) with different targets so that executing them from first to last
/// has the effect of all at once.
pub(crate) fn sequence(moves: &mut Vec<(Loc, Loc)>) {
    let mut done = 0;
    while done < moves.len() {
        let waiting = &moves[done..];
        let ready = waiting.iter().position(|&(to, from)| {
            to == from
                || !waiting
                    .iter()
                    .any(|&(other, source)| source == to && other != to)
        });
        match ready {
            Some(at) => {
                moves.swap(done, done + at);
                done += 1;
            }
            None => {
                let kept = moves[done].1;
                for entry in &mut moves[done..] {
                    if entry.1 == kept {
                        entry.1 = SPARE;
                    }
                }
                moves.insert(done, (SPARE, kept));
                done += 1;
            }
        }
    }
    moves.retain(|&(to, from)| to != from);
}

#[cfg(test)]
mod tests {
    //! Moves against a model of locations.
    use super::*;

    fn loc(n: usize) -> Loc {
        if n.is_multiple_of(2) {
            Loc::Register(n as u8)
        } else {
            Loc::Slot(n as u16)
        }
    }

    #[test]
    fn any_moves_among_five_places() {
        for code in 0..5usize.pow(5) {
            let source = |i: usize| code / 5usize.pow(i as u32) % 5;
            let mut moves: Vec<_> = (0..5).map(|i| (loc(i), loc(source(i)))).collect();
            sequence(&mut moves);
            let mut content: Vec<(Loc, usize)> = (0..5).map(|i| (loc(i), i)).collect();
            content.push((SPARE, 99));
            for (to, from) in moves {
                let value = content.iter().find(|c| c.0 == from).map_or(98, |c| c.1);
                content
                    .iter_mut()
                    .filter(|c| c.0 == to)
                    .for_each(|c| c.1 = value);
            }
            for (i, place) in content.iter().take(5).enumerate() {
                assert_eq!(place.1, source(i), "{code}");
            }
        }
    }
}
