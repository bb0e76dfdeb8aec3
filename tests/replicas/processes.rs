//! Three processes of one dealer.

use tests::{Program, Serving};

use crate::dice::Dice;

/// The processes of one dealer, each at its address.
pub(crate) struct Processes {
    /// Their addresses.
    pub(crate) bases: Vec<String>,
    running: Vec<Serving>,
}

impl Processes {
    /// The first one makes the tables.
    pub(crate) async fn start(program: &Program) -> Processes {
        let first = program.serve().await;
        let mut processes = Processes { bases: vec![program.base.clone()], running: vec![first] };
        for _ in 1..3 {
            let address = program.another_address();
            processes.running.push(program.launch_at(&address));
            processes.bases.push(format!("http://{address}"));
        }
        processes.ready(program).await;
        processes
    }

    pub(crate) async fn ready(&mut self, program: &Program) {
        for process in &mut self.running {
            process.ready(&program.http).await;
        }
    }

    pub(crate) async fn kill_one(&mut self, program: &Program, dice: &mut Dice) {
        let one = usize::try_from(dice.number() % 3).expect("a small number");
        self.running[one].kill().await;
        self.running[one] = program.launch_at(self.bases[one].trim_start_matches("http://"));
    }

    /// Ends all of them as an operator would.
    pub(crate) async fn stop(&mut self) {
        for process in &mut self.running {
            let (status, _) = process.terminate().await;
            assert!(status.success(), "{status}: {}", process.log_end());
        }
    }
}
