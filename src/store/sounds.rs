//! How each person hears of what happens.

use rusqlite::{OptionalExtension as _, params};

use crate::domain::ids::UserId;
use crate::domain::sound::{Sound, Sounds};

use super::{Reader, Result, Tx};

/// What a person hears; the defaults for somebody who chose nothing.
///
/// # Errors
/// SQLite's.
pub fn of(reader: &Reader<'_>, user: UserId) -> Result<Sounds> {
    let chosen = reader
        .connection()
        .prepare_cached("SELECT volume, repeats, message FROM user_sound WHERE user_id = ?1")?
        .query_row([user], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    let Some((volume, repeats, message)) = chosen else {
        return Ok(Sounds::default());
    };
    let offers = reader
        .connection()
        .prepare_cached("SELECT channel, sound FROM user_channel_sound WHERE user_id = ?1")?
        .query_map([user], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?
        .collect::<rusqlite::Result<Vec<(String, String)>>>()?;
    let defaults = Sounds::default();
    Ok(Sounds {
        volume,
        repeats,
        // What a newer program wrote is not heard here, but something is.
        message: Sound::from_word(&message).unwrap_or(defaults.message),
        offers: offers
            .into_iter()
            .filter_map(|(channel, word)| Some((channel, Sound::from_word(&word)?)))
            .collect(),
    })
}

/// Keeps what a person chose.
///
/// # Errors
/// SQLite's; a volume beyond [`crate::domain::sound::VOLUME`] breaks a `CHECK`.
pub fn save(tx: &Tx<'_>, user: UserId, sounds: &Sounds) -> Result<()> {
    tx.connection()
        .prepare_cached(
            "INSERT INTO user_sound (user_id, volume, repeats, message) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (user_id) DO UPDATE
             SET volume = excluded.volume, repeats = excluded.repeats, message = excluded.message",
        )?
        .execute(params![
            user,
            sounds.volume,
            sounds.repeats,
            sounds.message.word()
        ])?;
    let mut keep = tx.connection().prepare_cached(
        "INSERT INTO user_channel_sound (user_id, channel, sound) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET sound = excluded.sound",
    )?;
    for (channel, sound) in &sounds.offers {
        keep.execute(params![user, channel, sound.word()])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::House;

    #[test]
    fn everybody_hears_what_he_chose() {
        let house = House::furnished();
        let (mei, aino) = (house.user("mei"), house.user("aino"));
        let chosen = Sounds {
            volume: 5,
            repeats: false,
            message: Sound::Silent,
            offers: [("post".to_owned(), Sound::Bell)].into(),
        };
        for sounds in [Sounds::default(), chosen.clone()] {
            house.write(move |tx| save(tx, mei, &sounds));
        }
        assert_eq!(house.read(|reader| of(reader, mei)), chosen);
        assert_eq!(house.read(|reader| of(reader, aino)), Sounds::default());
    }
}
