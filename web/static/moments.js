// A moment of the list moves the film to it, on the same page; without this the film opens there by itself.
const film = document.querySelector("video[data-film]");

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-at]");
  if (!link || !film) return;
  event.preventDefault();
  film.currentTime = Number(link.dataset.at);
  film.scrollIntoView({ block: "nearest" });
  film.focus();
  film.play();
});
