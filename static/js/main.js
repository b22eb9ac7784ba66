// What the browser does beside showing pages: one module per behaviour. Everything works without them,
// as plain links and forms.

import "./trusted.js";
import "./csrf.js";
import "./forms.js";
import "./unsaved.js";
import "./copy.js";
import "./insert.js";
import "./relative.js";
import "./time-zone.js";
import "./toasts.js";
import "./live.js";
import "./sound.js";
import "./offer.js";
import "./answer.js";
import "./alarm.js";
import "./board.js";
import "./title.js";
import "./window.js";
import "./question.js";
import "./menus.js";
import "./log.js";
import "./note.js";
import "./internal-notes.js";
import "./composer.js";
import "./quick.js";
import "./files.js";
