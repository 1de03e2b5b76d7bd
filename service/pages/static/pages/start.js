// Tells the style sheet that scripts run, then starts the components. Every page works without it.
document.body.classList.add('js-enabled', 'govuk-frontend-supported')
import(document.body.dataset.components).then((components) => components.initAll())
