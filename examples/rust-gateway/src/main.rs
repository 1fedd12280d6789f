//! Reads the registers of any meter from a directory with its tables.

use c1219::{Env, St1, St23, St23View};
use std::{error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::args().nth(1).ok_or("the directory of an image expected")?);
    let table = |name: &str| fs::read(directory.join(name));
    let (general, limits, registers) = (table("ST0.bin")?, table("ST21.bin")?, table("ST23.bin")?);

    // what the meter is like: its formats, and which registers it has
    let mut env = Env::default();
    env.fill_st0(&general)?;
    env.fill_st21(&limits)?;

    // all values of a small table
    print!("{}", St1::decode(&table("ST1.bin")?, &env)?);

    // one value of a large one: only what leads to it is read
    let view = St23View::new(&registers, &env);
    for (tier, block) in view.tier_data_block()?.enumerate() {
        for summation in block?.summations()? {
            println!("tier {tier}: {}", summation?);
        }
    }

    // a changed value, and what is wrong with an image
    let mut values = St23::decode(&registers, &env)?;
    values.nbr_demand_resets = values.nbr_demand_resets.map(|resets| resets.wrapping_add(1));
    let mut out = vec![0; registers.len()];
    let size = values.encode(&mut out, &env)?;
    println!("{size} octets, the first one {}", out[0]);
    if let Err(error) = St23::decode(&registers[..40], &env) {
        println!("{error}");
    }
    Ok(())
}
