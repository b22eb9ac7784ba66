## Tiski: every text on screen, in English. Keys are area-thing; sentences are whole.

app-name = Tiski
unread-count = { $count ->
    [one] { $count } unread message
   *[other] { $count } unread messages
}
closed-by = Closed by { $name }
