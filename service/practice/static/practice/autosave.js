// Keeps what is being typed as a draft on the server: half a minute after the last change, each minute while typing goes on,
// and when the page is left. It says when it was kept, and when it was not. Nothing is stored in the browser.
// Without this script a draft is saved by its button.
const form = document.querySelector('form[data-autosave]')
const status = document.querySelector('[data-autosave-status]')
const QUIET = 30000
const LONGEST = 60000
const FAILED = 'What you type is not being kept at the moment. You may have been signed out. Copy your text before you leave this page.'
let changed = false
let since = 0
let waiting = 0

function tell(text, isProblem) {
  status.classList.toggle('govuk-error-message', isProblem)
  status.textContent = text
}

function plan() {
  clearTimeout(waiting)
  waiting = setTimeout(() => keep(false), Math.max(0, Math.min(QUIET, since + LONGEST - Date.now())))
}

function note() {
  if (!changed) since = Date.now()
  changed = true
  plan()
}

async function keep(leaving) {
  clearTimeout(waiting)
  if (!changed) return
  changed = false
  try {
    const answer = await fetch(form.dataset.autosave, {
      method: 'POST', body: new FormData(form), credentials: 'same-origin', redirect: 'manual', keepalive: leaving,
    })
    if (!answer.ok) throw new Error(answer.status)
    const { saved, why } = await answer.json()
    if (saved) tell(`Draft kept at ${saved}`, false)
    else tell(`Not kept as a draft. ${why}`, true)
  } catch {
    tell(FAILED, true)
    note()
  }
}

form.addEventListener('input', note)
form.addEventListener('submit', () => { clearTimeout(waiting); changed = false })
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') keep(true) })
