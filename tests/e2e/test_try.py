def test_try(scripted, site, recording):
    print(scripted.as_extension("return (await browser.storage.local.get())"))
    p=site.picture()
    scripted.open(site.page(f'<img id="a" src="{p.path}">'))
    import time; time.sleep(3)
    print(scripted.label("a"), recording.asked("hello"), recording.numbers())
    print([m for m in scripted.chrome("return Services.console.getMessageArray().map(String)") if "xtension" in m][-5:])
