print("chalk-image")
