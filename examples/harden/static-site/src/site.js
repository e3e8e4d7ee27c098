document.querySelectorAll('main a').forEach(link => link.classList.add('seen'))
