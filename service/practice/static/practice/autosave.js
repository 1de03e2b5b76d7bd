// Keeps what is being typed as a draft on the server, half a minute after the last change and when the page is left.
// Nothing is stored in the browser. Without this script a draft is saved by its button.
const form = document.querySelector('form[data-autosave]')
const status = document.querySelector('[data-autosave-status]')
let changed = false
let waiting = 0

async function keep(leaving) {
  if (!changed) return
  changed = false
  try {
    const answer = await fetch(form.dataset.autosave, {
      method: 'POST', body: new FormData(form), credentials: 'same-origin', redirect: 'manual', keepalive: leaving,
    })
    const { saved } = answer.ok ? await answer.json() : { saved: '' }
    if (saved) status.textContent = `Draft kept at ${saved}`
  } catch {
    changed = true
  }
}

form.addEventListener('input', () => {
  changed = true
  clearTimeout(waiting)
  waiting = setTimeout(() => keep(false), 30000)
})
form.addEventListener('submit', () => { clearTimeout(waiting); changed = false })
document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') keep(true) })
