//! The call for service: machine, kind, whether it stands, words, files, confirmation.

use domain::ids::MachineId;
use domain::machines::{self, MachineSummary};
use domain::requests::{self, Kind, NewRequest};
use domain::text::code_key;
use domain::{Error, cards, dialogues};
use serde::{Deserialize, Serialize};
use teloxide::types::{Message, MessageId};

use crate::button::Tag;
use crate::caller::Caller;
use crate::conversation::thread::{Collecting, Thread, ask, collect};
use crate::conversation::{Dialogue, load, service_screens as screens};
use crate::deps::commit;
use crate::fault::Fault;
use crate::handlers::Toast;
use crate::screen::Screen;
use crate::screens::requests as cards_of_requests;
use crate::voice::Voice;

/// Where the conversation stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// What it has in common with others; its key names the request to be.
    #[serde(flatten)]
    pub(crate) thread: Thread,
    /// The question that waits for its answer.
    step: Step,
    /// The machine and its name, once chosen.
    pub(crate) machine: Option<(MachineId, String)>,
    /// What is needed, once chosen.
    pub(crate) kind: Option<Kind>,
    /// Whether the machine stands still.
    pub(crate) down: bool,
}

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Machine,
    Kind,
    Down,
    Text,
    Files,
    Confirm,
}

impl Collecting for Draft {
    fn thread_mut(&mut self) -> &mut Thread {
        &mut self.thread
    }

    fn ask_for_files(&mut self) -> bool {
        std::mem::replace(&mut self.step, Step::Files) == Step::Files
    }

    fn ask_for_words(&self, voice: &Voice) -> Option<Screen> {
        Some(screens::text(voice, self))
    }

    fn more(&self, voice: &Voice) -> Screen {
        self.thread.more(voice, "bot-send-files")
    }

    fn ask_to_confirm(&mut self) -> bool {
        let ready = matches!(self.step, Step::Files | Step::Confirm);
        if ready {
            self.step = Step::Confirm;
        }
        ready
    }

    fn summary(&self, voice: &Voice) -> Screen {
        screens::confirm(voice, self)
    }
}

impl From<Draft> for Dialogue {
    fn from(draft: Draft) -> Dialogue {
        Dialogue::Service(draft)
    }
}

/// Begins, for a machine when one is given.
pub(crate) async fn begin(
    caller: &Caller,
    machine: Option<MachineId>,
    instead: Option<MessageId>,
) -> Result<(), Fault> {
    let park = park(caller).await?;
    let mut draft = Draft {
        thread: Thread::new(caller.deps().now()),
        step: Step::Machine,
        machine: None,
        kind: None,
        down: false,
    };
    if let Some(id) = machine {
        draft.machine = Some(chosen(caller, &park, &id)?);
    }
    if draft.machine.is_some() || park.is_empty() {
        draft.step = Step::Kind;
    }
    let screen = match draft.step {
        Step::Machine => screens::machine(&caller.voice, &draft, &park),
        _ => screens::kind(&caller.voice, &draft),
    };
    ask(caller, draft, instead, &screen).await
}

/// A machine was chosen, or none.
pub(crate) async fn choose_machine(
    caller: &Caller,
    pressed: Option<MessageId>,
    tag: &Tag,
    machine: Option<MachineId>,
) -> Result<Toast, Fault> {
    let Some(mut draft) = at(caller, tag, Step::Machine).await? else { return Ok(None) };
    draft.machine = match machine {
        Some(id) => Some(chosen(caller, &park(caller).await?, &id)?),
        None => None,
    };
    draft.step = Step::Kind;
    let screen = screens::kind(&caller.voice, &draft);
    ask(caller, draft, pressed, &screen).await?;
    Ok(None)
}

/// The kind was chosen. Whether the machine stands is asked where that can be.
pub(crate) async fn choose_kind(
    caller: &Caller,
    pressed: Option<MessageId>,
    tag: &Tag,
    kind: Kind,
) -> Result<Toast, Fault> {
    let Some(mut draft) = at(caller, tag, Step::Kind).await? else { return Ok(None) };
    draft.kind = Some(kind);
    let may_stand = matches!(kind, Kind::Breakdown | Kind::Warranty) && draft.machine.is_some();
    draft.step = if may_stand { Step::Down } else { Step::Text };
    let screen = match draft.step {
        Step::Down => screens::down(&caller.voice, &draft),
        _ => screens::text(&caller.voice, &draft),
    };
    ask(caller, draft, pressed, &screen).await?;
    Ok(None)
}

/// It stands, or works.
pub(crate) async fn say_down(
    caller: &Caller,
    pressed: Option<MessageId>,
    tag: &Tag,
    down: bool,
) -> Result<Toast, Fault> {
    let Some(mut draft) = at(caller, tag, Step::Down).await? else { return Ok(None) };
    draft.down = down;
    draft.step = Step::Text;
    let screen = screens::text(&caller.voice, &draft);
    ask(caller, draft, pressed, &screen).await?;
    Ok(None)
}

/// A message came in the middle of it.
pub(crate) async fn heard(caller: &Caller, draft: Draft, message: &Message) -> Result<(), Fault> {
    match draft.step {
        Step::Machine => find_machine(caller, draft, message).await,
        Step::Kind | Step::Down | Step::Confirm => caller.tell("bot-use-buttons").await,
        Step::Text | Step::Files => collect(caller, draft, message).await,
    }
}

/// Sends it. The message becomes the request's card.
pub(crate) async fn send(
    caller: &Caller,
    pressed: Option<MessageId>,
    draft: Draft,
) -> Result<Toast, Fault> {
    if draft.step != Step::Confirm {
        return Err(Fault::StaleButton);
    }
    let (deps, customer) = (caller.deps(), caller.customer()?);
    let form = NewRequest {
        files: draft.thread.collected.fetch(caller).await?,
        client_key: draft.thread.key,
        machine_id: draft.machine.map(|(id, _)| id),
        kind: draft.kind.unwrap_or(Kind::Breakdown),
        machine_down: draft.down,
        text: draft.thread.collected.text,
    };
    let mut tx = deps.begin().await?;
    let (request, _) = requests::create(&mut tx, &deps.dealer, &customer.id, &form).await?;
    if let Some(message) = pressed {
        let key = cards::request(&request.id);
        cards::put(&mut tx, &key, caller.chat.0, i64::from(message.0), caller.deps().now()).await?;
    }
    dialogues::clear(&mut tx, caller.chat.0).await?;
    commit(tx).await?;
    let case = requests::load(&mut deps.read().await?, &request.id).await?;
    let screen = cards_of_requests::card(&caller.voice, &case);
    if pressed.is_some() {
        caller.show(pressed, &screen).await?;
    }
    Ok(Some(caller.voice.say("bot-request-sent", &[("number", request.number.into())])))
}

/// A serial or a model typed instead of pressed: the machines that it may mean.
async fn find_machine(caller: &Caller, draft: Draft, message: &Message) -> Result<(), Fault> {
    let typed = code_key(message.text().unwrap_or_default());
    let mut found = park(caller).await?;
    found.retain(|machine| {
        let key = code_key(&format!("{}{}", machine.model_name, machine.serial));
        !typed.is_empty() && key.contains(&typed)
    });
    if found.is_empty() {
        return caller.tell("bot-service-no-such-machine").await;
    }
    let screen = screens::machine(&caller.voice, &draft, &found);
    ask(caller, draft, None, &screen).await
}

/// The draft, when it is the one that the button belongs to and waits for that answer. The second
/// tap of a double tap finds it a step further and changes nothing.
async fn at(caller: &Caller, tag: &Tag, step: Step) -> Result<Option<Draft>, Fault> {
    match load(caller).await? {
        Some(Dialogue::Service(draft)) if draft.thread.tag() == *tag => {
            Ok((draft.step == step).then_some(draft))
        }
        _ => Err(Fault::StaleButton),
    }
}

async fn park(caller: &Caller) -> Result<Vec<MachineSummary>, Fault> {
    let customer = caller.customer()?;
    Ok(machines::park(&mut caller.deps().read().await?, &customer.id).await?)
}

fn chosen(
    caller: &Caller,
    park: &[MachineSummary],
    id: &MachineId,
) -> Result<(MachineId, String), Fault> {
    let machine = park.iter().find(|machine| machine.id == *id).ok_or(Error::NotFound)?;
    let name = caller.voice.machine(&machine.model_name, &machine.serial);
    Ok((machine.id.clone(), name))
}
